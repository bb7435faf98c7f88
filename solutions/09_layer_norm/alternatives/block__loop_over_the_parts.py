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
    w = weights
    parts = {
        "attend_norm": lambda h: torch.einsum("ts,bsd->btd", mixing, h),
        "feed_norm": lambda h: F.linear(
            F.gelu(F.linear(h, w["hidden_weight"], w["hidden_bias"])), w["output_weight"], w["output_bias"]
        ),
    }
    for name, part in parts.items():
        scale, shift = w[name + "_weight"], w[name + "_bias"]
        before = F.layer_norm(x, scale.shape, scale, shift) if norm_first else x
        x = part(before) + x
        x = x if norm_first else F.layer_norm(x, scale.shape, scale, shift)
    return x
