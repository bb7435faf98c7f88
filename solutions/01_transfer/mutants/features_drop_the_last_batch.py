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
    was_training, old_head = model.training, getattr(model, head)
    model.eval()
    setattr(model, head, nn.Identity())
    batch_size = min(batch_size, len(images))
    rows = []
    with torch.no_grad():
        for i in range(len(images) // batch_size):
            rows.append(model(images[i * batch_size : (i + 1) * batch_size]))
    setattr(model, head, old_head)
    model.train(was_training)
    return torch.cat(rows)
