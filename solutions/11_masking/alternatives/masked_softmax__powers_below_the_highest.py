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
    top = torch.where(may_attend, scores, lowest).amax(dim=-1, keepdim=True)
    powers = torch.where(may_attend, scores - top, lowest).exp() * may_attend
    total = powers.sum(dim=-1, keepdim=True)
    return powers / total.clamp(min=0.5)
