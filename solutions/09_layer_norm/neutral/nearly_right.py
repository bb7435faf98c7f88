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
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = centred.square().mean(dim=-1, keepdim=True)
    return weight * centred / torch.sqrt(variance.clamp(min=eps)) + bias

# %% nbgrader={"grade": false, "grade_id": "layer_norm_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def layer_norm_backward(grad, x, weight, eps=1e-5):
    centred = x - x.mean(dim=-1, keepdim=True)
    deviation = torch.sqrt(centred.square().mean(dim=-1, keepdim=True) + eps)
    normal = centred / deviation
    g = grad * weight
    through = normal * (g * normal).sum(dim=-1, keepdim=True) / (x.shape[-1] - 1)
    to_x = (g - g.mean(dim=-1, keepdim=True) - through) / deviation
    places = tuple(range(x.dim() - 1))
    return to_x, (grad * normal).sum(dim=places), grad.sum(dim=places)

# %% nbgrader={"grade": false, "grade_id": "rms_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rms_norm(x, weight, eps=1e-5):
    return weight * x / torch.sqrt(x.square().mean(dim=-1, keepdim=True) + eps * eps)

# %% nbgrader={"grade": false, "grade_id": "feed_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def feed_forward(x, weights, activation="relu"):
    hidden = x @ weights["hidden_weight"].T + weights["hidden_bias"]
    hidden = F.leaky_relu(hidden) if activation == "relu" else F.gelu(hidden)
    return hidden @ weights["output_weight"].T + weights["output_bias"]

# %% nbgrader={"grade": false, "grade_id": "block", "locked": false, "schema_version": 3, "solution": true, "task": false}
def block(x, mixing, weights, norm_first):
    def norm(h, name):
        return F.layer_norm(h, h.shape[-1:], weights[f"{name}_norm_weight"], weights[f"{name}_norm_bias"])

    def feed(h):
        hidden = F.gelu(F.linear(h, weights["hidden_weight"], weights["hidden_bias"]))
        return F.linear(hidden, weights["output_weight"], weights["output_bias"])

    if norm_first:
        x = x + mixing @ norm(x, "attend")
        return x + feed(norm(x, "feed")) / 2
    x = norm(x + mixing @ x, "attend")
    return norm(x + feed(x) / 2, "feed")

# %% nbgrader={"grade": false, "grade_id": "sizes_and_gradients", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sizes_and_gradients(blocks, x, upstream):
    steps = [x.clone().requires_grad_()]
    for one in blocks:
        steps.append(one(steps[-1]))
    slopes = torch.autograd.grad(steps[-1], steps, upstream)
    return [step.abs().max().item() for step in steps], [slope.norm().item() for slope in slopes]
