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

# %% nbgrader={"grade": false, "grade_id": "masked_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
def masked_attention(query, key, value, may_attend):
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    return torch.softmax(scores - 1e4 * ~may_attend, dim=-1) @ value
