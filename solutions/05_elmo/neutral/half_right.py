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

# %% nbgrader={"grade": false, "grade_id": "character_ids", "locked": false, "schema_version": 3, "solution": true, "task": false}
def character_ids(word, max_characters=50):
    content = word.encode("utf-16-le")[: max_characters - 2]
    ids = [258, *content, 259]
    ids += [260] * (max_characters - len(ids))
    return [i + 1 for i in ids]

# %% nbgrader={"grade": false, "grade_id": "highway", "locked": false, "schema_version": 3, "solution": true, "task": false}
def highway(x, new_weight, new_bias, gate_weight, gate_bias):
    new = torch.relu(x @ new_weight.T + new_bias)
    gate = torch.softmax(x @ gate_weight.T + gate_bias, dim=1)
    return gate * new + (1 - gate) * x

# %% nbgrader={"grade": false, "grade_id": "lstm_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lstm_step(x, h, c, input_weight, state_weight, bias, projection, cell_clip, output_clip):
    def clip(z, bound):
        return z if bound is None else z.clamp(-bound, bound)

    i, f, g, o = (x @ input_weight.T + h @ state_weight.T + bias).chunk(4, dim=1)
    c = clip(torch.sigmoid(i) * torch.tanh(g) + (1 - torch.sigmoid(i)) * c, cell_clip)
    h = clip((torch.sigmoid(o) * torch.tanh(c)) @ projection.T, output_clip)
    return h, c

# %% nbgrader={"grade": false, "grade_id": "reverse_each", "locked": false, "schema_version": 3, "solution": true, "task": false}
def reverse_each(x, lengths):
    n = int(lengths.max())
    return torch.cat([x[:, :n].flip(1), x[:, n:]], dim=1)

# %% nbgrader={"grade": false, "grade_id": "scalar_mix", "locked": false, "schema_version": 3, "solution": true, "task": false}
def scalar_mix(layers, scores, gamma):
    return gamma * layers[scores.argmax()]

# %% nbgrader={"grade": false, "grade_id": "nearest_labels", "locked": false, "schema_version": 3, "solution": true, "task": false}
def nearest_labels(vectors, labels):
    centred = vectors - vectors.mean(dim=0)
    directions = centred / centred.norm(dim=1, keepdim=True).clamp(min=1e-9)
    cosine = (directions @ directions.T).fill_diagonal_(-2)
    return [labels[i] for i in cosine.argmax(dim=1).tolist()]
