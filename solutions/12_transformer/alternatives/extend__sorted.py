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

# %% nbgrader={"grade": false, "grade_id": "extend", "locked": false, "schema_version": 3, "solution": true, "task": false}
def extend(log_probs, next_log_probs, n_best):
    table = log_probs.unsqueeze(1) + next_log_probs
    values, places = table.reshape(-1).sort(descending=True)
    possible = ~torch.isinf(values[:n_best])
    places = places[:n_best][possible]
    rows = torch.div(places, next_log_probs.size(-1), rounding_mode="floor")
    return rows, places - rows * next_log_probs.size(-1), values[:n_best][possible]
