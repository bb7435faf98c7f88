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

# %% nbgrader={"grade": false, "grade_id": "look_back_weights", "locked": false, "schema_version": 3, "solution": true, "task": false}
def look_back_weights(n_words, n_places):
    strength = 6.0 * math.sqrt(n_words + 1)
    query_proj, key_proj = torch.zeros(2, n_words + 1, n_words + n_places)
    for word in range(n_words):
        query_proj[word, word] = 3.0 * n_places
        key_proj[word, word] = strength
    key_proj[n_words, 0] = 1.5 * n_places * strength
    for place in range(n_places):
        query_proj[n_words, n_words + place] = 1.0
        key_proj[n_words, n_words + place] = place * strength
    return query_proj, key_proj
