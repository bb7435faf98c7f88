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

# %% nbgrader={"grade": false, "grade_id": "sizes_and_gradients", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sizes_and_gradients(blocks, x, upstream):
    steps = [x.detach().clone().requires_grad_()]
    for one in blocks:
        steps.append(one(steps[0]))
    slopes = torch.autograd.grad(steps[-1], steps, upstream, allow_unused=True)
    sizes = [step.square().mean().sqrt().item() for step in steps]
    norms = [0.0 if slope is None else slope.norm().item() for slope in slopes]
    return sizes, norms
