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
    grad = torch.zeros(vocab_size, grad_output.size(2))
    for b in range(ids.size(0)):
        for t in range(ids.size(1)):
            row = int(ids[b, t])
            if row != pad_id:
                grad[row] += grad_output[b, t]
    return grad
