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

# %% nbgrader={"grade": false, "grade_id": "extend", "locked": false, "schema_version": 3, "solution": true, "task": false}
def extend(log_probs, next_log_probs, n_best):
    found = []
    for row, before in enumerate(log_probs.tolist()):
        for word, more in enumerate(next_log_probs[row].tolist()):
            if before + more > -math.inf:
                found.append((before + more, row, word))
    found.sort(key=lambda one: one[0], reverse=True)
    found = found[:n_best]
    rows, words = (torch.tensor([one[i] for one in found], dtype=torch.long) for i in (1, 2))
    return rows, words, torch.tensor([one[0] for one in found], dtype=log_probs.dtype)
