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

# %% nbgrader={"grade": false, "grade_id": "greedy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def greedy(step, prefix, eos_id, max_new_tokens):
    words = prefix.tolist()
    while len(words) < len(prefix) + max_new_tokens:
        scores = step(torch.tensor([words]))[0].tolist()
        words.append(scores.index(max(scores)))
        if words[-1] == eos_id:
            break
    return torch.tensor(words)
