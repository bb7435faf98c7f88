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
    flat = scores.reshape(-1, scores.shape[-1])
    masks = may_attend.expand(scores.shape).reshape(flat.shape)
    rows = []
    for row, mask in zip(flat, masks):
        places = mask.nonzero().flatten()
        rows.append((row * 0).index_put((places,), row[places].softmax(dim=0)))
    return torch.stack(rows).reshape(scores.shape)
