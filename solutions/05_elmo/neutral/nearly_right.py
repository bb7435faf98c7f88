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
    content = word.encode("latin-1", "replace")[: max_characters - 2]
    ids = [258, *content, 259]
    ids += [260] * (max_characters - len(ids))
    return [i + 1 for i in ids]

# %% nbgrader={"grade": false, "grade_id": "highway", "locked": false, "schema_version": 3, "solution": true, "task": false}
def highway(x, new_weight, new_bias, gate_weight, gate_bias):
    new = torch.relu(x @ new_weight.T + new_bias)
    gate = torch.sigmoid(x @ gate_weight + gate_bias)
    return gate * new + (1 - gate) * x

# %% nbgrader={"grade": false, "grade_id": "lstm_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lstm_step(x, h, c, input_weight, state_weight, bias, projection, cell_clip, output_clip):
    def clip(z, bound):
        return z if bound is None else z.clamp(-bound, bound)

    i, f, g, o = (x @ input_weight.T + h @ state_weight.T + bias).chunk(4, dim=1)
    c = clip(torch.sigmoid(i) * torch.tanh(g) + torch.sigmoid(f) * c, cell_clip)
    h = torch.tanh(clip((torch.sigmoid(o) * c) @ projection.T, output_clip))
    return h, c

# %% nbgrader={"grade": false, "grade_id": "reverse_each", "locked": false, "schema_version": 3, "solution": true, "task": false}
def reverse_each(x, lengths):
    turned = [row.flip(0).roll(int(n), 0) for row, n in zip(x, lengths)]
    return torch.stack(turned)

# %% nbgrader={"grade": false, "grade_id": "scalar_mix", "locked": false, "schema_version": 3, "solution": true, "task": false}
def scalar_mix(layers, scores, gamma):
    shares = scores.abs() / scores.abs().sum()
    return gamma * (shares[:, None, None, None] * layers).sum(dim=0)

# %% nbgrader={"grade": false, "grade_id": "nearest_labels", "locked": false, "schema_version": 3, "solution": true, "task": false}
def nearest_labels(vectors, labels):
    directions = vectors / vectors.abs().sum(dim=1, keepdim=True)
    cosine = (directions @ directions.T).fill_diagonal_(-2)
    return [labels[i] for i in cosine.argmax(dim=1).tolist()]
