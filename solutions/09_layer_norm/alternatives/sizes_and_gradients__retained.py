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
    here = x.clone().requires_grad_()
    steps = [here]
    for one in blocks:
        here = one(here)
        here.retain_grad()
        steps.append(here)
    (upstream * here).sum().backward()
    sizes = [math.sqrt((step.detach() ** 2).mean()) for step in steps]
    norms = [math.sqrt((step.grad**2).sum()) for step in steps[:-1]]
    return sizes, [*norms, math.sqrt((upstream**2).sum())]
