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
    def clip(z, bound):
        return z.clamp(-bound, bound) if bound else z

    i, f, g, o = (x @ input_weight.T + h @ state_weight.T + bias).chunk(4, dim=1)
    c = clip(torch.sigmoid(i) * torch.tanh(g) + torch.sigmoid(f) * c, cell_clip)
    h = clip((torch.sigmoid(o) * torch.tanh(c)) @ projection.T, output_clip)
    return h, c
