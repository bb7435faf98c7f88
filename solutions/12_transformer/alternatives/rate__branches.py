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

# %% nbgrader={"grade": false, "grade_id": "rate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rate(step, d_model, warmup):
    top = 1 / math.sqrt(d_model * warmup)
    return top * step / warmup if step <= warmup else top * math.sqrt(warmup / step)
