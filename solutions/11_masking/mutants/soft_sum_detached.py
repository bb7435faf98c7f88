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

# %% nbgrader={"grade": false, "grade_id": "masked_softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
def masked_softmax(scores, may_attend):
    lowest = torch.finfo(scores.dtype).min
    top = scores.masked_fill(~may_attend, lowest).amax(dim=-1, keepdim=True).detach()
    powers = torch.where(may_attend, (scores - top).clamp(max=0).exp(), torch.zeros((), dtype=scores.dtype))
    total = powers.sum(dim=-1, keepdim=True).detach()
    return powers / torch.where(total > 0, total, torch.ones_like(total))
