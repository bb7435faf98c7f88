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
    rates = [lr * factor**-depth for depth in range(len(blocks))][::-1]
    groups = {block: {"params": [], "lr": rate} for block, rate in zip(blocks, rates)}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        owners = [block for block in blocks if name.split(".")[0] == block]
        if len(owners) != 1:
            raise ValueError(f"{name} belongs to {len(owners)} blocks")
        groups[owners[0]]["params"].append(parameter)
    return [group for group in groups.values() if group["params"]]
