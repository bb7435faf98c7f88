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
        raise ValueError("an even width, please")
    table = torch.zeros(max_len, d_model)
    place = torch.arange(max_len, dtype=torch.float32).unsqueeze(1)
    speed = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10_000.0) / d_model))
    table[:, 0::2] = torch.sin(place * speed)
    table[:, 1::2] = torch.cos(place * speed)
    return table


def shift_matrix(shift, d_model):
    speed = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10_000.0) / d_model))
    cos, sin = torch.cos(shift * speed), torch.sin(shift * speed)
    matrix, even = torch.zeros(d_model, d_model), torch.arange(0, d_model, 2)
    matrix[even, even] = matrix[even + 1, even + 1] = cos
    matrix[even, even + 1], matrix[even + 1, even] = sin, -sin
    return matrix
