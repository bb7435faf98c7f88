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
    members = {block: [] for block in blocks}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            block = next((b for b in blocks if name.startswith(f"{b}.")), None)
            if block is None:
                raise ValueError(f"{name} belongs to none of the blocks")
            members[block].append(parameter)
    full = [group for group in members.values() if group]
    return [
        {"params": group, "lr": lr / factor ** (len(full) - 1 - i)} for i, group in enumerate(full)
    ]
