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

# %% nbgrader={"grade": false, "grade_id": "pooled_features", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pooled_features(model, head, images, batch_size=64):
    modes = [(module, module.training) for module in model.modules()]
    old_head = getattr(model, head)
    model.eval().requires_grad_(False)
    setattr(model, head, nn.Identity())
    rows = torch.cat([model(batch) for batch in images.split(batch_size)])
    setattr(model, head, old_head)
    for module, mode in modes:
        module.training = mode
    return rows
