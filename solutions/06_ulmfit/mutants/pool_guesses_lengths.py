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

# %% nbgrader={"grade": false, "grade_id": "concat_pool", "locked": false, "schema_version": 3, "solution": true, "task": false}
def concat_pool(outputs, lengths):
    rows = []
    for states, n in zip(outputs, outputs.abs().sum(dim=2).gt(0).sum(dim=1).tolist()):
        own = states[:n]
        rows.append(torch.cat([own[-1], own.max(dim=0).values, own.mean(dim=0)]))
    return torch.stack(rows)
