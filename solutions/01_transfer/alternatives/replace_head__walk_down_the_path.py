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
    *path, last = name.split(".")
    parent = model
    for step in path:
        parent = getattr(parent, step)
    width = parent._modules[last].in_features
    parent._modules[last] = nn.Linear(width, n_classes, bias=True)
    return model
