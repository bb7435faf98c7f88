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
    length = len(prefix)
    room = torch.full((1, length + max_new_tokens), eos_id)
    room[0, :length] = prefix
    for n in range(length, length + max_new_tokens):
        room[0, n] = step(room[:, :n]).topk(1).indices[0, 0]
        if room[0, n] == eos_id:
            return room[0, : n + 1].clone()
    return room[0]
