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
@torch.no_grad()
def pooled_features(model, head, images, batch_size=64):
    modes, old = [module.training for module in model.modules()], getattr(model, head)
    loader = torch.utils.data.DataLoader(images, batch_size=batch_size)
    rows = torch.empty(len(images), old.in_features)
    try:
        model.train(False)
        setattr(model, head, nn.Flatten())
        start = 0
        for batch in loader:
            rows[start : start + len(batch)] = model(batch)
            start += len(batch)
    finally:
        setattr(model, head, old)
        for module, mode in zip(model.modules(), modes, strict=True):
            module.training = mode
    return rows
