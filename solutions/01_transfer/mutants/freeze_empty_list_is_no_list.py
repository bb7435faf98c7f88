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

# %% nbgrader={"grade": false, "grade_id": "train_only", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_only(model, blocks):
    names = [name for name, _ in model.named_parameters()]
    for block in blocks:
        if not any(name.startswith(f"{block}.") for name in names):
            raise ValueError(block)
    if blocks:
        for name, parameter in model.named_parameters():
            parameter.requires_grad = name.startswith(tuple(f"{block}." for block in blocks))
    return [name for name, parameter in model.named_parameters() if parameter.requires_grad]
