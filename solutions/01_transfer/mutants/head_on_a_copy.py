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
import copy


def replace_head(model, name, n_classes):
    model = copy.deepcopy(model)
    path, _, last = name.rpartition(".")
    parent = model.get_submodule(path)
    setattr(parent, last, nn.Linear(getattr(parent, last).in_features, n_classes))
    return model
