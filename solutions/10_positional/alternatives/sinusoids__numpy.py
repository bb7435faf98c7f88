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
    import numpy as np

    if d_model % 2:
        raise ValueError("odd")
    column = np.arange(d_model)
    angles = np.arange(max_len)[:, None] / np.power(10_000.0, 2 * (column // 2) / d_model)
    return torch.from_numpy(np.where(column % 2, np.cos(angles), np.sin(angles)).astype(np.float32))


def shift_matrix(shift, d_model):
    import numpy as np

    table = np.zeros((d_model, d_model))
    for i in range(0, d_model, 2):
        a = shift * 10_000.0 ** (-i / d_model)
        table[i : i + 2, i : i + 2] = [[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]
    return torch.from_numpy(table)
