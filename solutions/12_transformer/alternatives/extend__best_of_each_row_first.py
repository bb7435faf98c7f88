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
    few = next_log_probs.topk(min(n_best, next_log_probs.shape[1]), dim=1)
    table = log_probs[:, None] + few.values
    order = table.flatten().argsort(descending=True)[:n_best]
    order = order[table.flatten()[order].isfinite()]
    return order // table.shape[1], few.indices.flatten()[order], table.flatten()[order]
