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

# %% nbgrader={"grade": false, "grade_id": "layer_norm_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def layer_norm_backward(grad, x, weight, eps=1e-5):
    d = x.shape[-1]
    variance, mean = torch.var_mean(x, dim=-1, correction=0, keepdim=True)
    s = (variance + eps).sqrt()
    normal = (x - mean) / s
    pairs = normal[..., :, None] * normal[..., None, :]
    derivative = (torch.eye(d, dtype=x.dtype) - 1 / d - pairs / d) / s[..., None]
    to_x = torch.einsum("...i,...ij->...j", grad * weight, derivative)
    return to_x, torch.einsum("...d,...d->d", grad, normal), torch.einsum("...d->d", grad)
