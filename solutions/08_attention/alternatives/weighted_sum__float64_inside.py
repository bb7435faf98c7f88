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

# %% nbgrader={"grade": false, "grade_id": "weighted_sum", "locked": false, "schema_version": 3, "solution": true, "task": false}
def weighted_sum(x):
    exact = x.double()
    return (F.softmax(exact.mm(exact.t()), dim=1).mm(exact)).to(x.dtype)

# %% nbgrader={"grade": false, "grade_id": "attention_weights", "locked": false, "schema_version": 3, "solution": true, "task": false}
def attention_weights(query, key):
    q, k = query.double(), key.double()
    scores = q.matmul(k.transpose(-2, -1)) / k.shape[-1] ** 0.5
    return scores.softmax(-1).to(query.dtype)

# %% nbgrader={"grade": false, "grade_id": "masked_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
def masked_attention(query, key, value, may_attend):
    q, k, v = query.double(), key.double(), value.double()
    scores = (q @ k.mT) / q.shape[-1] ** 0.5
    scores = torch.where(may_attend, scores, torch.finfo(torch.float64).min)
    shares = torch.where(may_attend, scores.softmax(-1), 0.0)
    return (shares @ v).to(query.dtype)
