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
    T, D = input_ids.shape[1], words.shape[1]
    if start + T > len(places):
        raise ValueError("no vector")
    return block(words[input_ids] * math.sqrt(D) + places[torch.arange(start, start + T)])
