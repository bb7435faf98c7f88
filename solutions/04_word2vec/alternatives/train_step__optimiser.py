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
    a, b = torch.nn.Parameter(inputs), torch.nn.Parameter(outputs)
    opt = torch.optim.SGD([a, b], lr=rate)
    c = a[centres]
    loss = torch.nn.functional.softplus(-(c * b[contexts]).sum(-1)).sum() + torch.nn.functional.softplus((c.unsqueeze(1) * b[noise]).sum(-1)).sum()
    loss.backward()
    opt.step()
