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

# %% nbgrader={"grade": false, "grade_id": "feed_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def feed_forward(x, weights, activation="relu"):
    shares = {"relu": lambda z: (z > 0).to(z.dtype), "gelu": lambda z: torch.erfc(-z * 0.5**0.5) / 2}
    try:
        share = shares[activation]
    except KeyError:
        raise ValueError(f"{activation} is neither relu nor gelu") from None
    rows = x.reshape(-1, x.shape[-1])
    z = torch.addmm(weights["hidden_bias"], rows, weights["hidden_weight"].mT)
    return torch.addmm(weights["output_bias"], z * share(z), weights["output_weight"].mT).reshape(x.shape)
