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
    rows, in_training = [], {module for module in model.modules() if module.training}
    hook = getattr(model, head).register_forward_pre_hook(lambda _, inputs: rows.append(inputs[0]))
    model.eval()
    with torch.inference_mode():
        for start in range(0, len(images), batch_size):
            model(images[start : start + batch_size])
    hook.remove()
    for module in in_training:
        module.training = True
    return torch.cat(rows).clone()
