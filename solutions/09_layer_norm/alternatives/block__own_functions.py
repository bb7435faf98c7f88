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

# %% nbgrader={"grade": false, "grade_id": "block", "locked": false, "schema_version": 3, "solution": true, "task": false}
def block(x, mixing, weights, norm_first):
    def one(h):
        return layer_norm(h, weights["attend_norm_weight"], weights["attend_norm_bias"], 1e-5)

    def two(h):
        return layer_norm(h, weights["feed_norm_weight"], weights["feed_norm_bias"], 1e-5)

    if norm_first:
        h = x + mixing @ one(x)
        return h + feed_forward(two(h), weights, "gelu")
    h = one(x + mixing @ x)
    return two(h + feed_forward(h, weights, "gelu"))
