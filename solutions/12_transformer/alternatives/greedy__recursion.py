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
    word = step(prefix.unsqueeze(0)).argmax(dim=-1)
    longer = torch.hstack([prefix, word])
    if max_new_tokens == 1 or word.item() == eos_id:
        return longer
    return greedy(step, longer, eos_id, max_new_tokens - 1)
