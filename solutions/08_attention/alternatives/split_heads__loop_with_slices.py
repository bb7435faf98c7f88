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

# %% nbgrader={"grade": false, "grade_id": "split_heads", "locked": false, "schema_version": 3, "solution": true, "task": false}
def split_heads(x, n_heads):
    width = x.shape[-1] // n_heads
    heads = [x[:, None, :, h * width : (h + 1) * width] for h in range(n_heads)]
    return torch.cat(heads, dim=1)


def merge_heads(x):
    B, H, T, K = x.shape
    out = torch.empty(B, T, H * K, dtype=x.dtype)
    for h in range(H):
        out[..., h * K : (h + 1) * K] = x[:, h]
    return out
