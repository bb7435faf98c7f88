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

# %% nbgrader={"grade": false, "grade_id": "lstm_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lstm_step(x, h, c, input_weight, state_weight, bias, projection, cell_clip, output_clip):
    joint = torch.cat([input_weight, state_weight], dim=1)
    gates = torch.addmm(bias, torch.cat([x, h], dim=1), joint.T)
    gates = gates.view(len(x), 4, -1)
    i, f, o = gates[:, 0].sigmoid(), gates[:, 1].sigmoid(), gates[:, 3].sigmoid()
    c = torch.addcmul(f * c, i, gates[:, 2].tanh())
    bound = float("inf") if cell_clip is None else cell_clip
    c = torch.minimum(torch.maximum(c, torch.tensor(-bound)), torch.tensor(bound))
    h = torch.einsum("bh,ph->bp", o * c.tanh(), projection)
    bound = float("inf") if output_clip is None else output_clip
    return h.clip(-bound, bound), c
