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
    a, b = (table.detach().clone().requires_grad_() for table in (inputs, outputs))
    words = b[torch.cat([contexts.unsqueeze(1), noise], dim=1)]
    scores = (a[centres].unsqueeze(1) * words).sum(-1)
    labels = torch.zeros_like(scores)
    labels[:, 0] = 1
    torch.nn.functional.binary_cross_entropy_with_logits(scores, labels).backward()
    inputs.sub_(rate * a.grad)
    outputs.sub_(rate * b.grad)
