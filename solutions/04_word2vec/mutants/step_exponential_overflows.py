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

# %% nbgrader={"grade": false, "grade_id": "train_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_step(inputs, outputs, centres, contexts, noise, rate):
    def sigmoid(s):
        return torch.exp(s) / (1 + torch.exp(s))

    c, o, n = inputs[centres], outputs[contexts], outputs[noise]
    yes = sigmoid((c * o).sum(-1, keepdim=True)) - 1
    no = sigmoid((c.unsqueeze(1) * n).sum(-1, keepdim=True))
    inputs.index_add_(0, centres, yes * o + (no * n).sum(1), alpha=-rate)
    outputs.index_add_(0, contexts, yes * c, alpha=-rate)
    outputs.index_add_(0, noise.flatten(), (no * c.unsqueeze(1)).flatten(0, 1), alpha=-rate)
