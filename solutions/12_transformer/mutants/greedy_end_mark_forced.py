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
def greedy(step: Callable, prefix: torch.Tensor, eos_id: int, max_new_tokens: int) -> torch.Tensor:
    ids = prefix
    for _ in range(max_new_tokens):
        word = step(ids[None])[0].argmax()
        ids = torch.cat([ids, word[None]])
        if word == eos_id:
            break
    return ids if ids[-1] == eos_id else torch.cat([ids, torch.tensor([eos_id])])
