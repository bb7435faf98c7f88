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

# %% nbgrader={"grade": false, "grade_id": "influence", "locked": false, "schema_version": 3, "solution": true, "task": false}
def influence(model, ids, n_words):
    before = model(ids[None])[0]
    columns = []
    for s in range(len(ids)):
        others = torch.stack([ids.index_fill(0, torch.tensor([s]), word) for word in range(n_words)])
        after = model(others)
        rise = after.amax(dim=0) - before
        fall = before - after.amin(dim=0)
        columns.append(torch.maximum(rise, fall).amax(dim=-1))
    return torch.stack(columns, dim=-1)
