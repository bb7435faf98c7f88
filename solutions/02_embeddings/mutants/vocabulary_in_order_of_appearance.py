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

# %% nbgrader={"grade": false, "grade_id": "build_vocabulary", "locked": false, "schema_version": 3, "solution": true, "task": false}
def build_vocabulary(sentences, max_size):
    vocabulary = ["<pad>", "<unk>"]
    for sentence in sentences:
        for token in sentence:
            if token not in vocabulary and len(vocabulary) < max_size:
                vocabulary.append(token)
    return vocabulary
