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
    import numpy as np

    query, key = np.zeros((n_words + 2, n_words + n_places)), np.zeros((n_words + 2, n_words + n_places))
    for word in range(n_words):
        query[word, word], key[word, word] = 30.0 * n_places, 1.0
    query[n_words:, n_words:] = 1.0
    key[n_words, n_words:] = 4.0 * np.arange(n_places)
    key[n_words + 1, 0] = 12.0 * n_places
    return query * np.sqrt(n_words + 2), key
