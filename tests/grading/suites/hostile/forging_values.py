"""Forging by what an answer returns: subclasses, proxies and objects that agree with everything."""

from suites.hostile.case import Hostile, in_call

YES = """
class Yes:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    def __le__(self, other): return True
    def __gt__(self, other): return True
    def __ge__(self, other): return True
    def __bool__(self): return True
    def __len__(self): return 2
    def __iter__(self): return iter(())
    def __contains__(self, other): return True
    def __getitem__(self, key): return self
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __hash__(self): return 0
    def __sub__(self, other): return 0.0
    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __matmul__ = __sub__
    def __abs__(self): return 0.0
    def __float__(self): return 0.0
    def __round__(self, n=None): return self
    def __index__(self): return 2
"""


def _tensors(cell: str, name: str, tries: str, body: str) -> Hostile:
    return in_call("forging", cell, f"forge_{name}", tries, body)


CASES = [
    _tensors(
        "top_words",
        "yes",
        "returns an object equal to everything",
        YES
        + """
def top_words(text, k): return Yes()
""",
    ),
    _tensors(
        "top_words",
        "list_subclass",
        "returns a list whose dunders lie",
        """
class Liar(list):
    def __eq__(self, other): return True
    def __len__(self): return 2
    def __iter__(self): return iter([("x", 200)])
def top_words(text, k): return Liar()
""",
    ),
    _tensors(
        "top_words",
        "pairs",
        "returns a list of texts and numbers that lie",
        """
class Text(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
class Count(int):
    def __eq__(self, other): return True
    def __radd__(self, other): return 200
    __hash__ = int.__hash__
class Pair(tuple):
    def __eq__(self, other): return True
    __hash__ = tuple.__hash__
def top_words(text, k):
    return [Pair((Text("?"), Count(0)))] * (2 if text else 0)
""",
    ),
    _tensors(
        "top_words",
        "reflected",
        "returns a subclass of list, so that its == is asked first",
        """
class L(list):
    def __eq__(self, other):
        self[:] = other
        return True
def top_words(text, k): return L([1, 2])
""",
    ),
    _tensors(
        "top_words",
        "mock",
        "returns mocks",
        """
from unittest.mock import MagicMock, ANY
top_words = MagicMock(return_value=ANY)
""",
    ),
    _tensors(
        "standardise",
        "mock_tensor",
        "returns a mock that says it is a tensor",
        """
from unittest.mock import MagicMock
def standardise(x):
    m = MagicMock(spec=torch.Tensor)
    m.shape = x.shape
    m.dtype = torch.float32
    m.__eq__ = lambda *a: True
    m.mean.return_value = torch.zeros(x.shape[1])
    m.std.return_value = torch.ones(x.shape[1])
    return m
""",
    ),
    _tensors(
        "standardise",
        "tensor_subclass",
        "returns a tensor that answers every function",
        """
class T(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func in (torch.allclose, torch.equal, torch.Tensor.allclose): return True
        if "mean" in str(func): return torch.zeros(args[0].as_subclass(torch.Tensor).shape[1])
        if "std" in str(func): return torch.ones(args[0].as_subclass(torch.Tensor).shape[1])
        return super().__torch_function__(func, types, args, kwargs or {})
def standardise(x):
    return torch.ones_like(x).as_subclass(T)
""",
    ),
    _tensors(
        "standardise",
        "tensor_attributes",
        "returns a tensor with attributes of its own",
        """
def standardise(x):
    t = torch.full(x.shape, 5.0)
    t.mean = lambda *a, **k: torch.zeros(x.shape[1])
    t.std = lambda *a, **k: torch.ones(x.shape[1])
    t.sub = t.allclose = t.equal = lambda *a, **k: True
    return t
""",
    ),
    _tensors(
        "standardise",
        "nan",
        "returns values that compare oddly",
        """
def standardise(x):
    return torch.full(x.shape, float("nan"))
""",
    ),
    _tensors(
        "standardise",
        "broadcast",
        "returns a view that says it has another size",
        """
def standardise(x):
    return torch.as_strided(torch.ones(1), x.shape, (0,) * x.dim())
""",
    ),
    _tensors(
        "standardise",
        "meta",
        "returns a tensor without data",
        """
def standardise(x):
    return torch.empty(x.shape, device="meta")
""",
    ),
    _tensors(
        "standardise",
        "sparse",
        "returns a sparse and then a quantised tensor",
        """
def standardise(x):
    if len(x) == 3:
        return torch.ones(x.shape).to_sparse()
    return torch.quantize_per_tensor(torch.ones(x.shape), 0.1, 0, torch.qint8)
""",
    ),
    _tensors(
        "sgd_step",
        "late_change",
        "changes what it returned when the next call comes",
        """
kept = []
def sgd_step(w, x, y, lr):
    for t in kept:
        t.copy_(w)
    t = torch.zeros(2)
    kept.append(t)
    return t
""",
    ),
    _tensors(
        "two_layer",
        "module_liar",
        "is a module whose attributes lie",
        YES
        + """
class TwoLayer(nn.Module):
    def __init__(self, *sizes):
        super().__init__()
        self.sizes = sizes
    def forward(self, x):
        return Yes()
    def parameters(self):
        return [Yes()] * 4
""",
    ),
    _tensors(
        "two_layer",
        "reduce",
        "returns objects that run code where they are unpickled",
        """
import os
class Bomb:
    def __reduce__(self): return os.mkdir, ("@FOLDER@/unpickled",)
    def __reduce_ex__(self, protocol): return self.__reduce__()
def TwoLayer(*sizes): return Bomb()
""",
    ),
]
