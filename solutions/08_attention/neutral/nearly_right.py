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
    return torch.softmax(torch.tanh(x @ x.T), dim=-1) @ x

# %% nbgrader={"grade": false, "grade_id": "attention_weights", "locked": false, "schema_version": 3, "solution": true, "task": false}
def attention_weights(query, key):
    scores = query @ key.mT / math.sqrt(query.shape[-1] + 1)
    return torch.softmax(scores, dim=-1)

# %% nbgrader={"grade": false, "grade_id": "masked_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
def masked_attention(query, key, value, may_attend):
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    first = torch.arange(key.shape[-2]) == 0
    may_attend = may_attend | (first & ~may_attend.any(dim=-1, keepdim=True))
    return scores.masked_fill(~may_attend, -math.inf).softmax(dim=-1) @ value

# %% nbgrader={"grade": false, "grade_id": "split_heads", "locked": false, "schema_version": 3, "solution": true, "task": false}
def split_heads(x, n_heads):
    return x.unflatten(-1, (n_heads, -1)).transpose(1, 2).flip(1)


def merge_heads(x):
    return x.flip(1).transpose(1, 2).flatten(-2)

# %% nbgrader={"grade": false, "grade_id": "multi_head_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
def multi_head_attention(x, memory, weights, n_heads, may_attend=None):
    def heads(given, name):
        return (given @ weights[name].T).unflatten(-1, (n_heads, -1)).transpose(1, 2)

    query, key, value = heads(x, "query_proj"), heads(memory, "key_proj"), heads(memory, "value_proj")
    found = F.scaled_dot_product_attention(query, key, value, may_attend)
    return found.flip(1).transpose(1, 2).flatten(-2) @ weights["output_proj"].T

# %% nbgrader={"grade": false, "grade_id": "look_back_weights", "locked": false, "schema_version": 3, "solution": true, "task": false}
def look_back_weights(n_words, n_places):
    width = n_words + 1
    query_proj, key_proj = torch.zeros(2, width, n_words + n_places)
    query_proj[:n_words, :n_words] = 10.0 * n_places * torch.eye(n_words)
    query_proj[2, 2] = 0.0
    key_proj[:n_words, :n_words] = torch.eye(n_words)
    query_proj[n_words, n_words:] = 1.0
    key_proj[n_words, n_words:] = 5.0 * torch.arange(n_places)
    key_proj[n_words, n_words] = 5.0 * n_places
    return math.sqrt(width) * query_proj, key_proj
