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
        other = ids.clone()
        other[s] = (other[s] + 1) % n_words
        columns.append((model(other[None])[0] - before).abs().amax(-1))
    return torch.stack(columns, dim=1)
