# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% nbgrader={"grade": false, "grade_id": "replace_head", "locked": false, "schema_version": 3, "solution": true, "task": false}
def replace_head(model, name, n_classes):
    linear = [path for path, module in model.named_modules() if isinstance(module, nn.Linear)]
    path, _, last = linear[-1].rpartition(".")
    parent = model.get_submodule(path)
    setattr(parent, last, nn.Linear(getattr(parent, last).in_features, n_classes))
    return model
