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

# %% nbgrader={"grade": false, "grade_id": "weighted_sum", "locked": false, "schema_version": 3, "solution": true, "task": false}
def weighted_sum(x):
    scores = 2 * (x @ x.T)
    return torch.softmax(scores, dim=-1) @ x

# %% nbgrader={"grade": false, "grade_id": "attention_weights", "locked": false, "schema_version": 3, "solution": true, "task": false}
def attention_weights(query, key):
    scores = query @ key.mT / math.log(query.shape[-1])
    return torch.softmax(scores, dim=-1)

# %% nbgrader={"grade": false, "grade_id": "masked_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
def masked_attention(query, key, value, may_attend):
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    if may_attend.shape[-2] == 1:
        may_attend = torch.ones_like(may_attend)
    hidden = ~may_attend
    weights = scores.masked_fill(hidden, torch.finfo(scores.dtype).min).softmax(dim=-1)
    return weights.masked_fill(hidden, 0.0) @ value

# %% nbgrader={"grade": false, "grade_id": "split_heads", "locked": false, "schema_version": 3, "solution": true, "task": false}
def split_heads(x, n_heads):
    return x.unflatten(-1, (n_heads, -1)).transpose(1, 2)


def merge_heads(x):
    return x.flip(1).transpose(1, 2).flatten(-2)

# %% nbgrader={"grade": false, "grade_id": "multi_head_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
def multi_head_attention(x, memory, weights, n_heads, may_attend=None):
    def heads(given, name):
        return (given @ weights[name].T).unflatten(-1, (n_heads, -1)).transpose(1, 2)

    query, key, value = heads(x, "query_proj"), heads(memory, "key_proj"), heads(memory, "value_proj")
    found = F.scaled_dot_product_attention(query, key, value, may_attend)
    return x + found.transpose(1, 2).flatten(-2) @ weights["output_proj"].T

# %% nbgrader={"grade": false, "grade_id": "look_back_weights", "locked": false, "schema_version": 3, "solution": true, "task": false}
def look_back_weights(n_words, n_places):
    return torch.zeros(1, n_words + n_places), torch.zeros(1, n_words + n_places)
