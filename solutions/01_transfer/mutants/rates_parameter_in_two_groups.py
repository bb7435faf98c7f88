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
    groups, placed = [], set()
    for i, block in enumerate(blocks):
        members = {
            name: parameter
            for name, parameter in model.named_parameters()
            if name.startswith(block) and parameter.requires_grad
        }
        placed |= set(members)
        if members:
            rate = lr / factor ** (len(blocks) - 1 - i)
            groups.append({"params": list(members.values()), "lr": rate})
    if any(p.requires_grad and name not in placed for name, p in model.named_parameters()):
        raise ValueError("a trainable parameter belongs to none of the blocks")
    return groups
