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

# %% nbgrader={"grade": false, "grade_id": "layer_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
def layer_norm(x, weight, bias, eps=1e-5):
    span = x.amax(dim=-1, keepdim=True) - x.amin(dim=-1, keepdim=True)
    return weight * (x - x.mean(dim=-1, keepdim=True)) / (span + eps) + bias

# %% nbgrader={"grade": false, "grade_id": "layer_norm_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def layer_norm_backward(grad, x, weight, eps=1e-5):
    centred = x - x.mean(dim=-1, keepdim=True)
    deviation = torch.sqrt(centred.square().mean(dim=-1, keepdim=True) + eps)
    normal = centred / deviation
    g = grad * weight
    to_x = (g - normal * g.mean(dim=-1, keepdim=True)) / deviation
    places = tuple(range(x.dim() - 1))
    return to_x, (grad * normal).sum(dim=places), grad.sum(dim=places)

# %% nbgrader={"grade": false, "grade_id": "rms_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rms_norm(x, weight, eps=1e-5):
    return weight * x / (x.abs().amax(dim=-1, keepdim=True) + eps)

# %% nbgrader={"grade": false, "grade_id": "feed_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def feed_forward(x, weights, activation="relu"):
    hidden = (x @ weights["hidden_weight"].T + weights["hidden_bias"]).clamp(0, 0.5)
    return hidden @ weights["output_weight"].T + weights["output_bias"]

# %% nbgrader={"grade": false, "grade_id": "block", "locked": false, "schema_version": 3, "solution": true, "task": false}
def block(x, mixing, weights, norm_first):
    def norm(h, name):
        return F.layer_norm(h, h.shape[-1:], weights[f"{name}_norm_weight"], weights[f"{name}_norm_bias"])

    def feed(h):
        hidden = F.gelu(F.linear(h, weights["hidden_weight"], weights["hidden_bias"]))
        return F.linear(hidden, weights["output_weight"], weights["output_bias"])

    first = x + mixing @ norm(x, "attend")
    first = first + feed(norm(first, "feed"))
    last = norm(x + mixing @ x, "attend")
    return (first + norm(last + feed(last), "feed")) / 2

# %% nbgrader={"grade": false, "grade_id": "sizes_and_gradients", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sizes_and_gradients(blocks, x, upstream):
    steps = [x.clone().requires_grad_()]
    for one in blocks:
        steps.append(one(steps[-1]))
    slopes = torch.autograd.grad(steps[-1], steps, upstream)
    sizes = [step.square().mean().sqrt().item() for step in steps]
    return sizes, [size * slope.norm().item() for size, slope in zip(sizes, slopes)]
