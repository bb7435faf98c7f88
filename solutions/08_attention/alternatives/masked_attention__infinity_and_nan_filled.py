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
    shares = scores.masked_fill(~may_attend, -math.inf).softmax(dim=-1)
    return shares.masked_fill(~may_attend, 0.0) @ value
