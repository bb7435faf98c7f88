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

# %% nbgrader={"grade": false, "grade_id": "hidden_states", "locked": false, "schema_version": 3, "solution": true, "task": false}
def hidden_states(input_ids, words, places, block, start=0):
    at = torch.arange(start, start + input_ids.shape[-1])
    if at.min() < 0 or at.max() >= places.shape[0]:
        raise ValueError(f"no vector for one of the places {at.tolist()}")
    embed = torch.nn.functional.embedding
    return block(embed(input_ids, words).mul(words.shape[-1] ** 0.5).add(embed(at, places)))
