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

# %% nbgrader={"grade": false, "grade_id": "analogy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def analogy(vectors, a, b, c):
    best, answer = -math.inf, -1
    cosine = torch.nn.functional.cosine_similarity
    for row in range(len(vectors)):
        if row in (a, b, c):
            continue
        x = vectors[row]
        score = float(cosine(x, vectors[b], dim=0) - cosine(x, vectors[a], dim=0) + cosine(x, vectors[c], dim=0))
        if score > best:
            best, answer = score, row
    return answer
