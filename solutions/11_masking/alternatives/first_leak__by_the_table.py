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
    places = []
    for ids in sentences:
        logits = model(ids[None])[0]
        table = influence(model, ids, n_words)
        if logits.isnan().any() or table.isnan().any():
            raise ValueError("the model gives NaN")
        moved = table.triu(1).amax(dim=1) > 1e-6 * logits.abs().amax(dim=1)
        if moved.any():
            places.append(int(moved.nonzero()[0]))
    return min(places) if places else None
