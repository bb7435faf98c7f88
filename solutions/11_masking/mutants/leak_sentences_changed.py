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
    found = set()
    for ids in sentences:
        before = model(ids[None])[0]
        limit = 1e-6 * before.abs().amax(dim=1)
        for s in range(len(ids)):
            kept = int(ids[s])
            for w in range(n_words):
                ids[s] = w
                moved = (model(ids[None])[0] - before).abs().amax(dim=1)
                if moved.isnan().any():
                    raise ValueError("NaN")
                found.update(t for t in range(s) if moved[t] > limit[t])
            ids[s] = kept if s else w
    return min(found, default=None)
