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
    tokens = sentences[0] if sentences else []
    for sentence in sentences[1:]:
        tokens += sentence
    counts = {token: tokens.count(token) for token in tokens if token not in ("<pad>", "<unk>")}
    return ["<pad>", "<unk>", *sorted(counts, key=lambda token: (-counts[token], token))][:max_size]
