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

# %% nbgrader={"grade": false, "grade_id": "rates_by_depth", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rates_by_depth(model, blocks, lr, factor=2.6):
    groups, rate = [], lr
    for block in reversed(blocks):
        members = [p for p in model.get_submodule(block).parameters() if p.requires_grad]
        if members:
            groups.insert(0, {"params": members, "lr": rate})
        rate = rate / factor
    n_placed = sum(len(group["params"]) for group in groups)
    if n_placed != sum(p.requires_grad for p in model.parameters()):
        raise ValueError("some trainable parameters belong to none of the blocks")
    return groups
