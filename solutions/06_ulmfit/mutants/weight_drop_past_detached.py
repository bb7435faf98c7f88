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
    recurrent = w_hh
    if training:
        recurrent = w_hh * (torch.rand(w_hh.shape) >= p) / (1 - p)
    h, outputs = torch.zeros(x.shape[0], len(w_hh)), []
    for t in range(x.shape[1]):
        h = torch.tanh(x[:, t] @ w_in.T + h.detach() @ recurrent.T)
        outputs.append(h)
    return torch.stack(outputs, dim=1)
