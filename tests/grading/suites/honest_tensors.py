"""Honest submissions of `tensors`: right in other ways, wrong in plausible ways, partly done."""
# ruff: noqa: E501 (code of submissions)

from suites.handed import Honest
from suites.honest_modules import TWO_LAYER

STANDARDISE = {
    "loop": """
def standardise(x):
    columns = []
    for j in range(x.shape[1]):
        column = x[:, j]
        columns.append((column - column.mean()) / column.std())
    return torch.stack(columns, dim=1)
""",
    "std_mean": """
def standardise(x: torch.Tensor) -> torch.Tensor:
    \"\"\"One call gives both.\"\"\"
    std, mean = torch.std_mean(x, dim=0, keepdim=True)
    return x.sub(mean).div_(std)
""",
    "lambda": "standardise = lambda x: (x - x.mean(0)) / x.std(0)",
    "numpy": """
import numpy as np

def standardise(x):
    a = x.numpy()
    a = (a - a.mean(axis=0)) / a.std(axis=0, ddof=1)
    return torch.from_numpy(a.astype(np.float32))
""",
    "in_place": """
def standardise(x):
    x -= x.mean(dim=0)
    x /= x.std(dim=0)
    return x
""",
    "biased": """
def standardise(x):
    return (x - x.mean(dim=0)) / x.std(dim=0, unbiased=False)
""",
    "whole": """
def standardise(x):
    return (x - x.mean()) / x.std()
""",
    "rows": """
def standardise(x):
    return (x - x.mean(dim=1)) / x.std(dim=1)
""",
    "no_division": """
def standardise(x):
    return x - x.mean(dim=0)
""",
    "double": """
def standardise(x):
    x = x.double()
    return (x - x.mean(0)) / x.std(0)
""",
    "list": """
def standardise(x):
    return ((x - x.mean(dim=0)) / x.std(dim=0)).tolist()
""",
    "array": """
def standardise(x):
    return ((x - x.mean(dim=0)) / x.std(dim=0)).numpy()
""",
    "printed": """
def standardise(x):
    print((x - x.mean(dim=0)) / x.std(dim=0))
""",
    "view": """
def standardise(x):
    big = torch.zeros(x.shape[1], x.shape[0])
    big.copy_(((x - x.mean(0)) / x.std(0)).T)
    return big.T  # not contiguous
""",
    "parameter": """
def standardise(x):
    return nn.Parameter((x - x.mean(0)) / x.std(0))
""",
}

SGD = {
    "formula": """
def sgd_step(w, x, y, lr):
    grad = 2 * x.T @ (x @ w - y) / len(y)
    return w - lr * grad
""",
    "optimiser": """
def sgd_step(w, x, y, lr):
    w = nn.Parameter(w.detach().clone())
    optimiser = torch.optim.SGD([w], lr=lr)
    F.mse_loss(x @ w, y).backward()
    optimiser.step()
    return w.data
""",
    "grad": """
def sgd_step(w, x, y, lr):
    w = w.clone().requires_grad_()
    (g,) = torch.autograd.grad(((x @ w - y) ** 2).mean(), w)
    with torch.no_grad():
        return w - lr * g
""",
    "attached": """
def sgd_step(w, x, y, lr):
    w = w.clone().requires_grad_(True)
    ((x @ w - y) ** 2).mean().backward()
    return w - lr * w.grad
""",
    "sum": """
def sgd_step(w, x, y, lr):
    w = w.clone().requires_grad_(True)
    ((x @ w - y) ** 2).sum().backward()
    return (w - lr * w.grad).detach()
""",
    "uphill": """
def sgd_step(w, x, y, lr):
    return w + lr * 2 * x.T @ (x @ w - y) / len(y)
""",
    "no_grad": """
def sgd_step(w, x, y, lr):
    loss = ((x @ w - y) ** 2).mean()
    loss.backward()
    return w - lr * w.grad
""",
}

TOP_WORDS = {
    "counter": """
from collections import Counter

def top_words(text, k):
    return sorted(Counter(text.lower().split()).items(), key=lambda p: (-p[1], p[0]))[:k]
""",
    "most_common": """
from collections import Counter

def top_words(text, k):
    return Counter(text.lower().split()).most_common(k)
""",
    "lists": """
def top_words(text, k):
    words = text.lower().split()
    return sorted(([w, words.count(w)] for w in set(words)), key=lambda p: (-p[1], p[0]))[:k]
""",
    "case": """
def top_words(text, k):
    words = text.split()
    return sorted({(w, words.count(w)) for w in words}, key=lambda p: (-p[1], p[0]))[:k]
""",
    "generator": """
def top_words(text, k):
    words = text.lower().split()
    for w in sorted(set(words), key=lambda w: (-words.count(w), w))[:k]:
        yield w, words.count(w)
""",
}


def _each(cell: str, texts: dict[str, str]) -> list[Honest]:
    return [Honest(f"t_{cell}_{how}", "tensors", {cell: text}) for how, text in texts.items()]


_FAILS = {
    "standardise": "def standardise(x):\n    raise RuntimeError('no idea')",
    "two_layer": "class TwoLayer(nn.Module):\n    def __init__(self, *sizes):\n        raise RuntimeError",
    "sgd_step": "def sgd_step(w, x, y, lr):\n    raise RuntimeError",
    "top_words": "def top_words(text, k):\n    raise RuntimeError",
}

_JUNK = {
    "standardise": "def standardise(x):\n    return torch.ones(2, 2)",
    "two_layer": "class TwoLayer(nn.Module):\n    def __init__(self, *sizes):\n        super().__init__()",
    "sgd_step": "def sgd_step(w, x, y, lr):\n    return torch.full((2,), 7.0)",
    "top_words": "def top_words(text, k):\n    return [('x', 1)]",
}

CASES = [
    Honest("t_right", "tensors"),
    Honest("t_junk", "tensors", _JUNK),
    Honest("t_blank", "tensors", start="released"),
    Honest("t_nothing", "tensors", _FAILS),
    *(Honest(f"t_no_{name}", "tensors", {name: text}) for name, text in _FAILS.items()),
    Honest("t_undefined", "tensors", {"standardise": "# later", "top_words": "pass"}),
    *_each("standardise", STANDARDISE),
    *_each("two_layer", TWO_LAYER),
    *_each("sgd_step", SGD),
    *_each("top_words", TOP_WORDS),
]
