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
    normal = F.layer_norm(x, weight.shape, eps=eps)
    s = (x.var(dim=-1, correction=0, keepdim=True) + eps).sqrt()
    g = grad * weight
    g = g - g.mean(dim=-1, keepdim=True)
    along = torch.linalg.vecdot(g, normal).unsqueeze(-1) / x.shape[-1]
    return (g - along * normal) / s, (grad * normal).sum_to_size(weight.shape), grad.sum_to_size(weight.shape)
