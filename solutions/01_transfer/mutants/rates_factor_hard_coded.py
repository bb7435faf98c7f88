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
    groups, n_placed = [], 0
    for i, block in enumerate(blocks):
        members = [p for n, p in model.named_parameters() if n.startswith(f"{block}.")]
        members = [p for p in members if p.requires_grad]
        if members:
            groups.append({"params": members, "lr": lr / 2.6 ** (len(blocks) - 1 - i)})
        n_placed += len(members)
    if n_placed < sum(p.requires_grad for p in model.parameters()):
        raise ValueError("a trainable parameter is in no block")
    return groups
