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

# %% nbgrader={"grade": false, "grade_id": "fit_and_predict", "locked": false, "schema_version": 3, "solution": true, "task": false}
class BagOfEmbeddings(torch.nn.Module):
    def __init__(self, vocab_size, d_model, n_classes):
        super().__init__()
        self.table = torch.nn.Embedding(vocab_size, d_model, padding_idx=0)
        self.head = torch.nn.Linear(d_model, n_classes)

    def forward(self, ids):
        return self.head(mean_pool(self.table(ids), ids, pad_id=0))


def fit_and_predict(
    train_ids, train_labels, test_ids, n_classes, vocab_size, d_model=64, n_steps=100, lr=0.02, seed=0
):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = BagOfEmbeddings(vocab_size, d_model, n_classes)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(n_steps):
        loss = torch.nn.functional.cross_entropy(model(train_ids), train_labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    model.eval()
    with torch.inference_mode():
        predicted = model(test_ids).max(dim=1).indices
    return [int(label) for label in predicted], losses
