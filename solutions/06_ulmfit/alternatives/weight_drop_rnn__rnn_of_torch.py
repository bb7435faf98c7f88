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
    layer = nn.RNN(w_in.shape[1], w_in.shape[0], bias=False, batch_first=True)
    keep = torch.empty_like(w_hh).bernoulli_(1 - p) / (1 - p) if training else torch.ones_like(w_hh)
    weights = {"weight_ih_l0": w_in, "weight_hh_l0": w_hh * keep}
    return torch.func.functional_call(layer, weights, (x,))[0]
