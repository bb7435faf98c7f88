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
    order = step(prefix[None])[0].argsort(descending=True)[:max_new_tokens]
    ids = prefix
    for word in order:
        ids = torch.cat([ids, word[None]])
        if word == eos_id:
            break
    return ids
