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

# %% nbgrader={"grade": false, "grade_id": "discriminative_rates", "locked": false, "schema_version": 3, "solution": true, "task": false}
def discriminative_rates(groups, lr, factor=2.6):
    return {name: lr / max(1.0, factor * (len(groups) - 1 - i)) for i, name in enumerate(groups)}
