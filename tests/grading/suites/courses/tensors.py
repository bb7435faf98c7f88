# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Tensors
#
# Four exercises, ten points.

# %%
# ruff: noqa
import torch
import torch.nn.functional as F
from torch import nn


# %% nbgrader={"grade": false, "grade_id": "standardise", "solution": true}
def standardise(x):
    """Return x (rows, columns) with mean 0 and standard deviation 1 in every column."""
    ### BEGIN SOLUTION
    centred = x - x.mean(dim=0)
    return centred / x.std(dim=0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_standardise", "points": 1}
x = torch.tensor([[1.0, 10.0], [2.0, 30.0], [3.0, 50.0]])
z = standardise(x)
assert isinstance(z, torch.Tensor), "return a tensor"
assert z.shape == x.shape, f"shape {tuple(z.shape)}"
assert torch.allclose(z.mean(dim=0), torch.zeros(2), atol=1e-6), "the mean of a column is not 0"

# %% nbgrader={"grade": true, "grade_id": "test_standardise", "points": 1}
assert torch.allclose(standardise(x), torch.tensor([[-1.0, -1.0], [0.0, 0.0], [1.0, 1.0]]))
### BEGIN HIDDEN TESTS
token = "ZEBRA_HIDDEN_STANDARDISE"
torch.manual_seed(4711)
wide = torch.randn(50, 7) * 3 + 2
z = standardise(wide)
assert torch.allclose(z.std(dim=0), torch.ones(7), atol=1e-5), "the deviation of a column is not 1"
assert torch.allclose(z, (wide - wide.mean(0)) / wide.std(0), atol=1e-5)
assert z.dtype == torch.float32
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "two_layer", "solution": true}
class TwoLayer(nn.Module):
    """Linear, ReLU, Linear; the sizes are n_in, n_hidden, n_out."""

    ### BEGIN SOLUTION
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.first = nn.Linear(n_in, n_hidden)
        self.second = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))

    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_two_layer", "points": 1}
net = TwoLayer(3, 5, 2)
assert isinstance(net, nn.Module)
assert net(torch.zeros(4, 3)).shape == (4, 2)

# %% nbgrader={"grade": true, "grade_id": "test_two_layer", "points": 2}
torch.manual_seed(0)
net = TwoLayer(3, 5, 2)
assert sum(p.numel() for p in net.parameters()) == 3 * 5 + 5 + 5 * 2 + 2
### BEGIN HIDDEN TESTS
token = "ZEBRA_HIDDEN_TWO_LAYER"
w1, b1, w2, b2 = [p.detach() for p in net.parameters()]
batch = torch.randn(6, 3)
expected = torch.relu(batch @ w1.T + b1) @ w2.T + b2
assert torch.allclose(net(batch).detach(), expected, atol=1e-6), "not Linear, ReLU, Linear"
assert len(list(net.parameters())) == 4
assert all(p.requires_grad for p in net.parameters())
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "sgd_step", "solution": true}
def sgd_step(w, x, y, lr):
    """Return w after one step of gradient descent on the mean squared error of x @ w and y."""
    ### BEGIN SOLUTION
    w = w.clone().requires_grad_(True)
    loss = ((x @ w - y) ** 2).mean()
    loss.backward()
    return (w - lr * w.grad).detach()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_sgd_step", "points": 2}
features = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
targets = torch.tensor([1.0, 2.0, 3.0])
start = torch.zeros(2)
after = sgd_step(start, features, targets, 0.01)
assert after.shape == (2,)
assert not after.requires_grad, "detach what you return"
### BEGIN HIDDEN TESTS
token = "ZEBRA_HIDDEN_SGD"
by_hand = start - 0.01 * 2 * features.T @ (features @ start - targets) / 3
assert torch.allclose(after, by_hand, atol=1e-5), "not the gradient of the mean squared error"
w = start
for _ in range(20):
    w = sgd_step(w, features, targets, 0.01)
assert ((features @ w - targets) ** 2).mean() < 0.05
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "top_words", "solution": true}
def top_words(text, k):
    """Return the k most frequent words as (word, count), lower case, ties by the alphabet."""
    ### BEGIN SOLUTION
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ranked[:k]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_top_words", "points": 1}
assert top_words("a b b c c c", 2) == [("c", 3), ("b", 2)]

# %% nbgrader={"grade": true, "grade_id": "test_top_words", "points": 2}
assert len(top_words("one two three", 2)) == 2
### BEGIN HIDDEN TESTS
token = "ZEBRA_HIDDEN_TOP_WORDS"
assert top_words("", 3) == []
assert top_words("B a B A c", 3) == [("a", 2), ("b", 2), ("c", 1)], "case or ties"
words = " ".join(f"w{i % 13}" for i in range(200))
assert sum(count for _, count in top_words(words, 13)) == 200
### END HIDDEN TESTS
