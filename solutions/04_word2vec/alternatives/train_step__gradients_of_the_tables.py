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
    inputs.requires_grad_()
    outputs.requires_grad_()
    inputs.grad = outputs.grad = None
    c = inputs[centres]
    loss = torch.nn.functional.softplus(-(c * outputs[contexts]).sum(-1)).sum() + torch.nn.functional.softplus((c.unsqueeze(1) * outputs[noise]).sum(-1)).sum()
    loss.backward()
    with torch.no_grad():
        inputs -= rate * inputs.grad
        outputs -= rate * outputs.grad
    inputs.requires_grad_(False)
    outputs.requires_grad_(False)
