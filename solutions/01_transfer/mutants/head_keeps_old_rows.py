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
    old = model.get_submodule(name)
    old.weight = nn.Parameter(old.weight[:n_classes].detach().clone())
    old.bias = nn.Parameter(old.bias[:n_classes].detach().clone())
    old.out_features = n_classes
    return model
