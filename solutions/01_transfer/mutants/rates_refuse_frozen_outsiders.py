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
    groups = []
    for name, _ in model.named_parameters():
        if not name.startswith(tuple(f"{block}." for block in blocks)):
            raise ValueError(name)
    for i, block in enumerate(blocks):
        members = [p for n, p in model.named_parameters() if n.startswith(f"{block}.")]
        members = [p for p in members if p.requires_grad]
        if members:
            groups.append({"params": members, "lr": lr / factor ** (len(blocks) - 1 - i)})
    return groups
