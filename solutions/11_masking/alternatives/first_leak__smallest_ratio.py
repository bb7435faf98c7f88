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

# %% nbgrader={"grade": false, "grade_id": "first_leak", "locked": false, "schema_version": 3, "solution": true, "task": false}
def first_leak(model, sentences, n_words):
    n_b, n_places = sentences.shape
    worst = torch.zeros(n_places, dtype=torch.float64)
    for b in range(n_b):
        ids = sentences[b]
        before = model(ids[None])[0].double()
        here = torch.eye(n_places, dtype=torch.bool)[:, None]
        others = torch.where(here, torch.arange(n_words)[:, None], ids)  # (T, V, T)
        after = model(others.reshape(-1, n_places)).double().reshape(n_places, n_words, n_places, -1)
        moved = (after - before).abs().amax(dim=(1, 3)) / before.abs().amax(dim=-1)  # (changed, moved)
        if not moved.isfinite().all():
            raise ValueError("not a number")
        worst = torch.maximum(worst, moved.tril(-1).amax(dim=0))
    leaks = [t for t, ratio in enumerate(worst.tolist()) if ratio > 1e-6]
    return leaks[0] if leaks else None
