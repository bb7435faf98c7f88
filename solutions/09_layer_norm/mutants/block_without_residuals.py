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
    def norm(h, name):
        return F.layer_norm(h, h.shape[-1:], weights[f"{name}_norm_weight"], weights[f"{name}_norm_bias"])

    def attend(h):
        return mixing @ h

    def feed(h):
        hidden = F.gelu(F.linear(h, weights["hidden_weight"], weights["hidden_bias"]))
        return F.linear(hidden, weights["output_weight"], weights["output_bias"])

    if norm_first:
        return feed(norm(attend(norm(x, "attend")), "feed"))
    return norm(feed(norm(attend(x), "attend")), "feed")
