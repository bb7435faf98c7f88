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
    n_places = len(ids)
    here = torch.eye(n_places, dtype=torch.bool)[:, None]
    changed = torch.where(here, torch.arange(n_words)[:, None], ids)  # (T, V, T)
    logits = model(changed.flatten(0, 1)).unflatten(0, (n_places, n_words))
    moved = (logits - model(ids[None])[0]).abs()
    return moved.amax(dim=(1, 3)).T
