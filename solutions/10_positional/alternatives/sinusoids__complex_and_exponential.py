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
        raise ValueError("odd")
    speeds = torch.logspace(0, -4, d_model // 2 + 1, dtype=torch.float64)[:-1]
    angles = torch.outer(torch.arange(max_len, dtype=torch.float64), speeds)
    hands = torch.polar(torch.ones_like(angles), math.pi / 2 - angles)  # (sin, cos)
    return torch.view_as_real(hands).flatten(1).float()


def shift_matrix(shift, d_model):
    speeds = torch.logspace(0, -4, d_model // 2 + 1, dtype=torch.float64)[:-1]
    quarter = torch.tensor([[0.0, 1], [-1, 0]], dtype=torch.float64)
    return torch.linalg.matrix_exp(shift * torch.kron(speeds.diag(), quarter))
