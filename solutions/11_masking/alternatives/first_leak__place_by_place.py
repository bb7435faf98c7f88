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
    n_places = sentences.shape[1]
    before = model(sentences)
    if before.isnan().any():
        raise ValueError("NaN at once")
    first = n_places
    for s in range(n_places):
        for word in range(n_words):
            changed = sentences.clone()
            changed[:, s] = word
            after = model(changed)
            if after.isnan().any():
                raise ValueError("NaN after a change")
            for t in range(min(s, first)):
                size = before[:, t].abs().max(dim=-1).values
                if ((after[:, t] - before[:, t]).abs().max(dim=-1).values > size * 1e-6).any():
                    first = t
                    break
    return None if first == n_places else first
