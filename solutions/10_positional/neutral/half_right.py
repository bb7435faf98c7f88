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

# %% nbgrader={"grade": false, "grade_id": "hidden_states", "locked": false, "schema_version": 3, "solution": true, "task": false}
def hidden_states(input_ids, words, places, block, start=0):
    T, D = input_ids.shape[1], words.shape[1]
    if start < 0 or start + T > len(places):
        raise ValueError("no vector")
    return block(block(words[input_ids] * math.sqrt(D) + places[start : start + T]))

# %% nbgrader={"grade": false, "grade_id": "sinusoids", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sinusoids(max_len, d_model):
    if d_model % 2:
        raise ValueError("odd")
    speeds = 10_000.0 ** (-torch.arange(0, d_model, 2).double() / d_model)
    angles = torch.arange(max_len).double()[:, None] * speeds
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1).float()


def shift_matrix(shift, d_model):
    matrix = torch.zeros(d_model, d_model)
    for i in range(0, d_model, 2):
        angle = 2 * shift * 10_000.0 ** (-i / d_model)
        cos, sin = math.cos(angle), math.sin(angle)
        matrix[i : i + 2, i : i + 2] = torch.tensor([[cos, sin], [-sin, cos]])
    return matrix

# %% nbgrader={"grade": false, "grade_id": "relative_buckets", "locked": false, "schema_version": 3, "solution": true, "task": false}
def relative_buckets(relative_position, bidirectional=True, n_buckets=32, max_distance=128):
    per_side = n_buckets // 2 if bidirectional else n_buckets
    distance = relative_position.abs() if bidirectional else (-relative_position).clamp(min=0)
    return per_side * bidirectional * (relative_position > 0) + distance.float().sqrt().long().clamp(max=per_side - 1)

# %% nbgrader={"grade": false, "grade_id": "rotary", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rotary(x, positions, base=10_000.0):
    speeds = base ** (-torch.arange(0, x.shape[-1], 2).float() / x.shape[-1])
    angles = positions[:, None].float() * speeds / 2
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)

# %% nbgrader={"grade": false, "grade_id": "rows_for_halves", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rows_for_halves(weight, n_heads):
    K = len(weight) // n_heads
    order = torch.cat([torch.arange(0, K, 2), torch.arange(1, K, 2)])
    return weight[torch.cat([h * K + order for h in reversed(range(n_heads))])]

# %% nbgrader={"grade": false, "grade_id": "alibi_slopes", "locked": false, "schema_version": 3, "solution": true, "task": false}
def alibi_slopes(n_heads):
    lower = 2 ** (n_heads.bit_length() - 1)
    slopes = [2.0 ** (-8 * (i + 1) / lower) for i in range(lower)]
    between = [2.0 ** (-4 * (i + 1) / lower) for i in range(0, 2 * lower, 2)]
    return torch.tensor(slopes + between[: n_heads - lower])


def with_alibi(scores):
    H, T, S = scores.shape[-3:]
    distance = (torch.arange(S) - torch.arange(S - T, S)[:, None]).abs()
    return scores - (alibi_slopes(H)[:, None, None] * (1 + distance).log()).to(scores.dtype)

# %% nbgrader={"grade": false, "grade_id": "attend_onward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def attend_onward(query, key, value, base=10_000.0):
    T, S = query.shape[-2], key.shape[-2]
    places = torch.arange(S)
    scores = turn(query, places[S - T :], base) @ turn(key, places, base).mT / math.sqrt(query.shape[-1])
    weights = scores.masked_fill(places > places[S - T :, None], -math.inf).softmax(dim=-1)
    return weights @ value.flip(-2), weights
