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
    centred = x - x.mean(dim=-1, keepdim=True)
    deviation = torch.sqrt(centred.square().mean(dim=-1, keepdim=True) + eps)
    normal = centred / deviation
    g = grad * weight
    mean_part = g.mean()
    scale_part = normal * (g * normal).mean()
    to_x = (g - mean_part - scale_part) / deviation
    places = tuple(range(x.dim() - 1))
    return to_x, (grad * normal).sum(dim=places), grad.sum(dim=places)
