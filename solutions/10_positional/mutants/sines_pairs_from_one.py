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

# %% nbgrader={"grade": false, "grade_id": "sinusoids", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sinusoids(max_len, d_model):
    if d_model % 2:
        raise ValueError("d_model must be even")
    speeds = 10_000.0 ** (-torch.arange(2, d_model + 1, 2).double() / d_model)
    angles = torch.arange(max_len).double()[:, None] * speeds
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1).float()


def shift_matrix(shift, d_model):
    angles = shift * 10_000.0 ** (-torch.arange(0, d_model, 2).double() / d_model)
    cos, sin = angles.cos(), angles.sin()
    return torch.block_diag(*[torch.tensor([[c, s], [-s, c]]) for c, s in zip(cos, sin)]).float()
