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
    entered, sizes, slope = [], [], upstream
    with torch.no_grad():
        here = x
        sizes.append(here.square().mean().sqrt().item())
        for one in blocks:
            entered.append(here)
            here = one(here)
            sizes.append(here.square().mean().sqrt().item())
    norms = [slope.norm().item()]
    for one, inside in zip(blocks[::-1], entered[::-1]):
        inside = inside.detach().clone().requires_grad_()
        (slope,) = torch.autograd.grad(one(inside), inside, slope)
        norms.insert(0, slope.norm().item())
    return sizes, norms
