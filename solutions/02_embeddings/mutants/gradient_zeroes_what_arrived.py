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
    if pad_id is not None:
        grad_output[ids == pad_id] = 0
    grad = torch.zeros(vocab_size, grad_output.shape[-1])
    return grad.index_add_(0, ids.flatten(), grad_output.flatten(0, 1))
