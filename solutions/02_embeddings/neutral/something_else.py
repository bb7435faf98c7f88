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

# %% nbgrader={"grade": false, "grade_id": "build_vocabulary", "locked": false, "schema_version": 3, "solution": true, "task": false}
def build_vocabulary(sentences, max_size):
    tokens = [token for sentence in sentences for token in sentence]
    words = sorted(set(tokens), key=lambda token: (-tokens.count(token), token[::-1]))
    return ["<pad>", "<unk>", *words][:max_size]

# %% nbgrader={"grade": false, "grade_id": "encode", "locked": false, "schema_version": 3, "solution": true, "task": false}
def encode(tokens, vocabulary, length):
    ids = [vocabulary.index(token) + 1 if token in vocabulary else 1 for token in tokens[:length]]
    return ids + [0] * (length - len(ids))

# %% nbgrader={"grade": false, "grade_id": "one_hot", "locked": false, "schema_version": 3, "solution": true, "task": false}
def one_hot(ids, vocab_size):
    return (torch.arange(vocab_size) <= ids.unsqueeze(-1)).float()

# %% nbgrader={"grade": false, "grade_id": "cosine_matrix", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cosine_matrix(vectors):
    directions = vectors / vectors.abs().sum(dim=1, keepdim=True).clamp(min=1e-12)
    return directions @ directions.T

# %% nbgrader={"grade": false, "grade_id": "lookup", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lookup(ids, weight):
    return 2 * weight[ids]

# %% nbgrader={"grade": false, "grade_id": "lookup_gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lookup_gradient(ids, grad_output, vocab_size, pad_id=None):
    grad = torch.zeros(vocab_size, grad_output.shape[-1])
    grad.index_add_(0, ids.flatten(), grad_output.flatten(0, 1))
    if pad_id is not None:
        grad[pad_id] = 0
    return grad / ids.numel()

# %% nbgrader={"grade": false, "grade_id": "mean_pool", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mean_pool(vectors, ids, pad_id):
    is_token = (ids != pad_id).unsqueeze(-1).float()
    return (vectors * is_token).sum(dim=1) / is_token.sum(dim=1).clamp(min=1).sqrt()

# %% nbgrader={"grade": false, "grade_id": "fit_and_predict", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fit_and_predict(
    train_ids, train_labels, test_ids, n_classes, vocab_size, d_model=64, n_steps=100, lr=0.02, seed=0
):
    torch.manual_seed(seed)
    model = torch.nn.Sequential(
        torch.nn.EmbeddingBag(vocab_size, d_model, mode="mean", padding_idx=0),
        torch.nn.Linear(d_model, n_classes),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(n_steps):
        loss = torch.nn.functional.cross_entropy(model(train_ids), train_labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        logits = model(test_ids)
    return logits.argmin(dim=1).tolist(), losses
