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
    g1, b1, g2, b2, w1, c1, w2, c2 = (
        weights[name]
        for name in (
            "attend_norm_weight", "attend_norm_bias", "feed_norm_weight", "feed_norm_bias",
            "hidden_weight", "hidden_bias", "output_weight", "output_bias",
        )
    )  # fmt: skip

    def normal(h):
        variance, mean = torch.var_mean(h, dim=-1, correction=0, keepdim=True)
        return (h - mean) / (variance + 1e-5).sqrt()

    def feed(h):
        z = h @ w1.T + c1
        return z * torch.special.ndtr(z) @ w2.T + c2

    if norm_first:
        x = torch.baddbmm(x, mixing.expand(len(x), -1, -1), g1 * normal(x) + b1)
        return x + feed(g2 * normal(x) + b2)
    x = g1 * normal(torch.baddbmm(x, mixing.expand(len(x), -1, -1), x)) + b1
    return g2 * normal(x + feed(x)) + b2
