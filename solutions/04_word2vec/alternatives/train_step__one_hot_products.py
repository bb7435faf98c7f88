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
    one = torch.eye(len(inputs))
    c, o, n = inputs[centres], outputs[contexts], outputs[noise]
    yes = torch.sigmoid((c * o).sum(-1, keepdim=True)) - 1
    no = torch.sigmoid((c.unsqueeze(1) * n).sum(-1, keepdim=True))
    di = one[centres].T @ (yes * o + (no * n).sum(1))
    do = one[contexts].T @ (yes * c) + torch.einsum("pkv,pkd->vd", one[noise], no * c.unsqueeze(1))
    inputs.sub_(rate * di)
    outputs[:] = outputs - rate * do
