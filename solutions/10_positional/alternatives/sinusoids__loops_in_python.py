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
    if d_model % 2 == 1:
        raise ValueError(d_model)
    rows = []
    for p in range(max_len):
        row = []
        for i in range(d_model // 2):
            angle = p / 10_000 ** (2 * i / d_model)
            row += [math.sin(angle), math.cos(angle)]
        rows.append(row)
    return torch.tensor(rows)


def shift_matrix(shift, d_model):
    step = torch.eye(d_model, dtype=torch.float64)
    for i in range(0, d_model, 2):
        speed = 1 / 10_000 ** (i / d_model)
        step[i, i] = step[i + 1, i + 1] = math.cos(speed)
        step[i, i + 1], step[i + 1, i] = math.sin(speed), -math.sin(speed)
    if shift < 0:
        step = step.T
    return torch.linalg.matrix_power(step, abs(shift)).float()
