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
    for centre, context, drawn in zip(centres, contexts, noise):
        c, o, n = inputs[centre].clone(), outputs[context].clone(), outputs[drawn].clone()
        yes = torch.sigmoid(c @ o) - 1
        no = torch.sigmoid(n @ c).unsqueeze(-1)
        inputs[centre] -= rate * (yes * o + (no * n).sum(0))
        outputs[context] -= rate * yes * c
        outputs.index_add_(0, drawn, no * c, alpha=-rate)
