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

# %% nbgrader={"grade": false, "grade_id": "trainable_groups", "locked": false, "schema_version": 3, "solution": true, "task": false}
def trainable_groups(groups, epoch):
    return groups[-epoch:]
