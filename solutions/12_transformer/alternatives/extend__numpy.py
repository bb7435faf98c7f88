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
    import numpy as np

    table = log_probs.numpy()[:, None] + next_log_probs.numpy()
    order = np.argsort(-table, axis=None)[:n_best]
    rows, words = np.unravel_index(order, table.shape)
    keep = table[rows, words] > -np.inf
    return torch.from_numpy(rows[keep]), torch.from_numpy(words[keep]), torch.from_numpy(table[rows[keep], words[keep]])
