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
    grad = torch.zeros(vocab_size, grad_output.shape[-1])
    for t, row in enumerate(ids[0].tolist()):
        if row != pad_id:
            grad[row] += grad_output[0, t]
    return grad
