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

# %% nbgrader={"grade": false, "grade_id": "weight_drop_rnn", "locked": false, "schema_version": 3, "solution": true, "task": false}
def weight_drop_rnn(x, w_in, w_hh, p, training=True):
    size = len(w_hh)
    recurrent = w_hh
    if training:
        kept = torch.ones(size)
        kept[torch.randperm(size)[: int(p * size)]] = 0
        recurrent = w_hh * kept / (1 - p)
    h, outputs = torch.zeros(x.shape[0], size), []
    for t in range(x.shape[1]):
        h = torch.tanh(x[:, t] @ w_in.T + h @ recurrent.T)
        outputs.append(h)
    return torch.stack(outputs, dim=1)
