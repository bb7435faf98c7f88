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

# %% nbgrader={"grade": false, "grade_id": "sgns_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sgns_loss(centre, true, noise):
    ls = torch.nn.functional.logsigmoid
    total = torch.zeros(())
    for c, o, ns in zip(centre, true, noise):
        total = total - ls(c @ o)
        for n in ns:
            total = total - ls(-(c @ n))
    return total
