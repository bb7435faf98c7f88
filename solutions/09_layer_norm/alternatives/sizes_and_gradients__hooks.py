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
    norms = {}
    here, sizes = x.clone().requires_grad_(), []
    for depth, one in enumerate([lambda h: h + 0, *blocks]):
        here = one(here)
        sizes.append(here.detach().double().pow(2).mean().sqrt())
        here.register_hook(lambda g, depth=depth: norms.__setitem__(depth, torch.linalg.vector_norm(g)))
    here.backward(upstream)
    return sizes, [norms[depth] for depth in range(len(blocks) + 1)]
