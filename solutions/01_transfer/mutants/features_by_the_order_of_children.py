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
    body = nn.Sequential(*list(model.children())[:-1]).eval()
    with torch.no_grad():
        rows = torch.cat([body(batch) for batch in images.split(batch_size)])
    for module, mode in modes:
        module.training = mode
    return rows
