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
    before = inputs.clone(), outputs.clone()
    for centre, context, drawn in zip(centres, contexts, noise):
        drawn = drawn.unique()
        c, o, n = before[0][centre], before[1][context], before[1][drawn]
        yes = torch.sigmoid(c @ o) - 1
        no = torch.sigmoid(n @ c).unsqueeze(-1)
        inputs[centre] -= rate * (yes * o + (no * n).sum(0))
        outputs[context] -= rate * yes * c
        outputs[drawn] -= rate * no * c
