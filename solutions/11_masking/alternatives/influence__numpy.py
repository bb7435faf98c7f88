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
    import numpy as np

    given = ids.numpy()
    before = model(torch.tensor(given[None])).detach().numpy()[0]
    table = np.zeros((len(given), len(given)), dtype=before.dtype)
    for s in range(len(given)):
        changed = np.repeat(given[None], n_words, axis=0)
        changed[:, s] = np.arange(n_words)
        after = model(torch.from_numpy(changed)).detach().numpy()
        table[:, s] = np.abs(after - before).max(axis=(0, 2))
    return torch.from_numpy(table)
