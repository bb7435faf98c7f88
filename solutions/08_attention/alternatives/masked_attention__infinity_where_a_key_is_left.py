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
    scores = torch.einsum("...tk,...sk->...ts", query, key) / math.sqrt(query.shape[-1])
    some = may_attend.any(dim=-1, keepdim=True)
    bias = torch.zeros(may_attend.shape, dtype=scores.dtype).masked_fill(~may_attend & some, -math.inf)
    shares = torch.softmax(scores + bias, dim=-1) * some
    return torch.einsum("...ts,...sz->...tz", shares, value)
