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
    before, columns = model(ids[None])[0], []
    for s in range(len(ids)):
        others = ids.repeat(n_words, 1)
        others[:, s] = torch.arange(n_words)
        columns.append((model(others) - before).abs().amax(dim=(0, 2)) / before.abs().amax(dim=1))
    return torch.stack(columns, dim=1)
