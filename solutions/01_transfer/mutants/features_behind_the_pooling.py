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
    modes, rows = [(module, module.training) for module in model.modules()], []
    where = getattr(model, "pool", None) or next(m for m in model.modules() if type(m) is nn.Flatten)
    hook = where.register_forward_hook(lambda _, inputs, output: rows.append(output))
    model.eval()
    with torch.no_grad():
        for batch in images.split(batch_size):
            model(batch)
    hook.remove()
    for module, mode in modes:
        module.training = mode
    return torch.cat(rows)
