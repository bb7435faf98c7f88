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

# %% nbgrader={"grade": false, "grade_id": "rates_by_depth", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rates_by_depth(model, blocks, lr, factor=2.6):
    trainable = []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            if not name.startswith(tuple(f"{block}." for block in blocks)):
                raise ValueError(f"{name} belongs to none of the blocks")
            trainable.append(parameter)
    last = len(trainable) - 1
    return [{"params": [p], "lr": lr / factor ** (last - i)} for i, p in enumerate(trainable)]
