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

# %% nbgrader={"grade": false, "grade_id": "lookup_gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lookup_gradient(ids, grad_output, vocab_size, pad_id=None):
    rows = torch.nn.functional.one_hot(ids, vocab_size).double().flatten(0, 1)
    grad = rows.T @ grad_output.double().flatten(0, 1)
    if pad_id is not None:
        grad[pad_id] = 0
    return grad
