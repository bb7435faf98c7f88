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
    found = []
    for ids in sentences:
        before = model(ids[None])[0]
        limit = 1e-6 * before.abs().amax(dim=1)
        for s in range(len(ids)):
            others = ids.repeat(1, 1)
            others[:, s] = (ids[s] + 1) % n_words
            moved = (model(others) - before).abs()
            if moved.isnan().any():
                raise ValueError("NaN")
            found += [(t, s) for t in range(s) if (moved[:, t] > limit[t]).any()]
    return min((t for t, _ in found), default=None)
