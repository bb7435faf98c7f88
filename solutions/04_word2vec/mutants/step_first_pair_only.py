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
    c, o, n = inputs[centres[0]].clone(), outputs[contexts[0]], outputs[noise[0]]
    yes = torch.sigmoid(c @ o) - 1
    no = torch.sigmoid(n @ c).unsqueeze(-1)
    inputs[centres[0]] -= rate * (yes * o + (no * n).sum(0))
    outputs[contexts[0]] -= rate * yes * c
    outputs.index_add_(0, noise[0], no * c, alpha=-rate)
