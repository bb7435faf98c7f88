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
    before, table = model(ids[None])[0], torch.zeros(len(ids), len(ids))
    for s in range(len(ids)):
        for w in range(n_words):
            ids[s] = w
            table[:, s] = torch.maximum(table[:, s], (model(ids[None])[0] - before).abs().amax(-1))
    return table
