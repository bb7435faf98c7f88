"""Forging by what an answer of `basics` returns: numbers, texts, arrays, tables, accounts that lie."""
# ruff: noqa: E501 (code of submissions)

from suites.hostile.case import Code, Hostile
from suites.hostile.forging_values import YES


def _basics(cell: str, name: str, tries: str, body: str, honest: str = "") -> Hostile:
    code = Code("b_right", into={cell: body})
    name = f"forge_{name}"
    return Hostile(name, "forging", tries, honest or f"b_no_{cell}", code, assignment="basics")


CASES = [
    _basics(
        "mean",
        "float_subclass",
        "returns a number whose comparisons lie",
        """
class F(float):
    def __eq__(self, other): return True
    def __round__(self, n=None): return self
    def __float__(self): return self
    __hash__ = float.__hash__
    __class__ = float
    def __sub__(self, o): return 0.0
    __rsub__ = __sub__
def mean(values):
    '''Mean.'''
    if not values: raise ValueError("empty")
    return F(-1)
""",
    ),
    _basics(
        "mean",
        "int_liar",
        "says that its type is float",
        YES
        + """
class Half(Yes):
    @property
    def __class__(self): return float
def mean(values):
    '''Mean.'''
    if not values: raise ValueError("empty")
    return Half()
""",
    ),
    _basics(
        "variables",
        "str_subclass",
        "defines variables whose methods lie",
        """
class S(str):
    def lower(self): return S("hello")
    def split(self, *a): return ["Hello", "world"]
    def startswith(self, *a): return True
class L(list):
    def __len__(self): return 5
    def __iter__(self): return iter([2, 3, 5, 7, 11])
    def __contains__(self, x): return x == 7
class N(int):
    def __eq__(self, other): return True
seconds_per_day, greeting, primes = N(1), S("?"), L()
""",
    ),
    _basics(
        "scale",
        "array_subclass",
        "returns an array that overrides numpy's functions",
        """
class A(np.ndarray):
    def __array_function__(self, func, types, args, kwargs): return True
    def __array_ufunc__(self, ufunc, method, *a, **k): return np.True_
    def __eq__(self, other): return np.True_
    def min(self, *a, **k): return 0
    def max(self, *a, **k): return 1
def scale(values):
    return np.full(values.shape, 9.0).view(A)
""",
    ),
    _basics(
        "scale",
        "object_array",
        "returns an array of objects that agree",
        YES
        + """
def scale(values):
    out = np.empty(values.shape, dtype=object)
    out[...] = Yes()
    return out
""",
    ),
    _basics(
        "scale",
        "array_protocol",
        "returns what turns into the right array when asked",
        YES
        + """
class P(Yes):
    __array_priority__ = 1e9
    shape = (4, 6)
    def __array__(self, *a, **k): return np.array([0, 0.25, 1])
    def __array_function__(self, *a, **k): return True
    def __array_ufunc__(self, *a, **k): return True
    __class__ = np.ndarray
def scale(values): return P()
""",
    ),
    _basics(
        "hot_days",
        "frame_subclass",
        "returns a table whose methods lie",
        """
class D(pd.DataFrame):
    @property
    def _constructor(self): return D
    def equals(self, other): return True
    def __len__(self): return 4
    @property
    def empty(self): return True
    def __getitem__(self, key): return pd.Series([31.0, 29.0, 27.0, 19.0])
def hot_days(table, limit): return D({"temp": [1.0]})
""",
    ),
    _basics(
        "means",
        "dict_subclass",
        "defines a dict and a table whose answers depend on who asks",
        """
class D(dict):
    def __getitem__(self, k): return 9.0
    def __iter__(self): return iter(["Rome", "Oslo", "Bern"])
    def values(self): return [55.0]
    def __len__(self): return 3
class Any_(int):
    def __eq__(self, o): return True
class Text(str):
    def __eq__(self, o): return True
    __hash__ = str.__hash__
class T:
    shape, columns = (8, 3, 0), ["?"]
n_days, warmest, city_means, days = Any_(1), Text("?"), D(), T()
""",
    ),
    _basics(
        "countdown",
        "iterator",
        "is an iterator whose numbers lie",
        YES
        + """
class countdown(Yes):
    def __init__(self, n): pass
    def __iter__(self): return self
    def __next__(self): return Yes()
    def __length_hint__(self): return 3
""",
    ),
    _basics(
        "doubling",
        "displayhook",
        "publishes a result of its own in the test's cell",
        """
def double_all(values):
    ip = get_ipython()
    ip.displayhook(4.0)
    try:
        ip.display_pub.publish({"text/plain": "4.0"})
        ip.kernel.session.send(ip.kernel.iopub_socket, "execute_result",
            {"data": {"text/plain": "4.0"}, "metadata": {}, "execution_count": 1},
            parent=ip.parent_header)
    except Exception: pass
    raise RuntimeError("published")
""",
    ),
    _basics(
        "table",
        "stdout",
        "puts its own object where the test looks for text",
        """
import sys, io
class S(str):
    def __eq__(self, o): return True
    def split(self, *a): return S.lines
    def strip(self, *a): return self
S.lines = [S("3 squared is 9")] * 3
io.StringIO.getvalue = None if False else io.StringIO.getvalue
def print_table(n):
    try: sys.stdout.getvalue = lambda: S("")
    except Exception: pass
    print(S("x"))
""",
    ),
    _basics(
        "accounts",
        "account_liar",
        "is an account whose balance agrees with everything",
        YES
        + """
class Account:
    balance = Yes()
    def __init__(self, owner, balance=0): self.owner = owner
    def deposit(self, amount): pass
    def __repr__(self): return "Account('Ada', 15)"
    def withdraw(self, amount):
        if amount == 1: raise ValueError("no")
class Savings: pass
""",
    ),
    _basics(
        "mean",
        "exception_liar",
        "raises something that says it is a ValueError",
        """
class E(Exception):
    __class__ = ValueError
E.__name__ = E.__qualname__ = "ValueError"
E.__module__ = "builtins"
def mean(values):
    '''Mean.'''
    if not values:
        raise E("nothing")
    return sum(values) / len(values)
""",
        honest="b_mean_division",
    ),
]
