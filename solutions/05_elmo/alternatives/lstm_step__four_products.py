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

# %% nbgrader={"grade": false, "grade_id": "lstm_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lstm_step(x, h, c, input_weight, state_weight, bias, projection, cell_clip, output_clip):
    n = c.shape[1]
    quarters = []
    for k in range(4):
        rows = slice(k * n, (k + 1) * n)
        quarters.append(x @ input_weight[rows].T + h @ state_weight[rows].T + bias[rows])
    forget, write = quarters[1].sigmoid(), quarters[0].sigmoid()
    memory = forget * c + write * quarters[2].tanh()
    if cell_clip is not None:
        memory = torch.clamp(memory, min=-cell_clip, max=cell_clip)
    out = torch.nn.functional.linear(quarters[3].sigmoid() * memory.tanh(), projection)
    if output_clip is not None:
        out = torch.clamp(out, min=-output_clip, max=output_clip)
    return out, memory
