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

# %% nbgrader={"grade": false, "grade_id": "one_hot", "locked": false, "schema_version": 3, "solution": true, "task": false}
def one_hot(ids, vocab_size):
    rows = torch.zeros(ids.shape[0], vocab_size, ids.shape[1])
    return rows.scatter(1, ids.unsqueeze(1), 1.0)
