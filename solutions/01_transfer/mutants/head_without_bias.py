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
    path, _, last = name.rpartition(".")
    parent = model.get_submodule(path)
    width = getattr(parent, last).in_features
    setattr(parent, last, nn.Linear(width, n_classes, bias=False))
    return model
