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
    centred = x - x.mean(-1, keepdim=True)
    inverse = torch.rsqrt(centred.pow(2).mean(-1, keepdim=True) + eps)
    to_normal = grad * weight
    to_inverse = (to_normal * centred).sum(-1, keepdim=True)
    to_variance = to_inverse * -0.5 * inverse**3
    to_centred = to_normal * inverse + to_variance * 2 * centred / d
    to_x = to_centred - to_centred.sum(-1, keepdim=True) / d
    rows, up = (centred * inverse).flatten(0, -2), grad.flatten(0, -2)
    return [to_x, (rows * up).sum(0), up.sum(0)]
