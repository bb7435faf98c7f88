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
        grad_output = grad_output * (ids != pad_id).unsqueeze(-1)
    grad = grad_output.new_zeros(vocab_size, grad_output.shape[-1])
    return grad.index_put_((ids,), grad_output, accumulate=True)
