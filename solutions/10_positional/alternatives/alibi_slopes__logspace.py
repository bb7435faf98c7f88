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

# %% nbgrader={"grade": false, "grade_id": "alibi_slopes", "locked": false, "schema_version": 3, "solution": true, "task": false}
def alibi_slopes(n_heads):
    n = 1
    while 2 * n <= n_heads:
        n *= 2
    first = torch.exp2(-8 * torch.arange(1, n + 1) / n)
    extra = torch.exp2(-4 * torch.arange(1, 2 * (n_heads - n) + 1, 2) / n)
    return torch.cat([first, extra])


def with_alibi(scores):
    heads = scores.unbind(dim=-3)
    t, s = scores.shape[-2:]
    away = (torch.arange(s).expand(t, s) - torch.arange(s - t, s).unsqueeze(1)).abs().to(scores.dtype)
    slopes = alibi_slopes(len(heads)).tolist()
    return torch.stack([one - slope * away for one, slope in zip(heads, slopes)], dim=-3)
