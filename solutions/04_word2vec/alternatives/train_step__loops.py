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
    for p, (i, j) in enumerate(zip(centres.tolist(), contexts.tolist())):
        for k, word in enumerate([j, *noise[p].tolist()]):
            error = torch.sigmoid(before[0][i] @ before[1][word]) - (1 if k == 0 else 0)
            inputs[i] -= rate * error * before[1][word]
            outputs[word] -= rate * error * before[0][i]
