"""Honest submissions of `wild`, whose tests look at what they like."""
# ruff: noqa: E501 (code of submissions)

from suites.handed import Honest

ANSWERS = {
    "module_from": ("module", "from statistics import mean, median\nclass st: pass"),
    "module_forgotten": ("module", "import statistics"),
    "module_other": ("module", "import math as st"),
    "middle_numpy": ("middle", "def middle(values):\n    return np.median(values)"),
    "middle_unsorted": ("middle", "def middle(values):\n    return values[len(values) // 2]"),
    "middle_upper": ("middle", "def middle(values):\n    return sorted(values)[len(values) // 2]"),
    "twice_loop": (
        "twice",
        "def apply_twice(function, value):\n    for _ in range(2):\n        value = function(value)\n    return value",
    ),
    "twice_once": ("twice", "def apply_twice(function, value):\n    return function(value)"),
    "twice_caught": (
        "twice",
        "def apply_twice(function, value):\n    try:\n        return function(function(value))\n    except Exception:\n        return None",
    ),
    "twice_thrice": (
        "twice",
        "def apply_twice(function, value):\n    function(value)\n    return function(function(value))",
    ),
    "counted_class": (
        "counted",
        "class counted:\n    def __init__(self, function):\n        self.function, self.calls = function, 0\n    def __call__(self, *args, **kwargs):\n        self.calls += 1\n        return self.function(*args, **kwargs)",
    ),
    "counted_never": (
        "counted",
        "def counted(function):\n    function.calls = 0\n    return function",
    ),
    "adder_partial": (
        "adder",
        "from functools import partial\nfrom operator import add as plus\ndef make_adder(n):\n    return partial(plus, n)",
    ),
    "adder_late": (
        "adder",
        "def make_adder(n):\n    global N\n    N = n\n    return lambda x: x + N",
    ),
    "vector_dataclass": (
        "vector",
        "from dataclasses import dataclass\n\n@dataclass\nclass Vector:\n    x: float\n    y: float\n    def __add__(self, o): return Vector(self.x + o.x, self.y + o.y)\n    def __sub__(self, o): return Vector(self.x - o.x, self.y - o.y)\n    def __mul__(self, k): return Vector(k * self.x, k * self.y)\n    def __rmul__(self, k): return self * k\n    def __abs__(self): return (self.x ** 2 + self.y ** 2) ** 0.5\n    def __len__(self): return 2\n    def __iter__(self): return iter((self.x, self.y))\n    def __getitem__(self, i): return [self.x, self.y][i]\n    def __gt__(self, o): return abs(self) > abs(o)\n    def __str__(self): return f'({self.x}, {self.y})'",
    ),
    "vector_no_eq": (
        "vector",
        "class Vector:\n    def __init__(self, x, y): self.x, self.y = x, y\n    def __add__(self, o): return Vector(self.x + o.x, self.y + o.y)\n    def __sub__(self, o): return Vector(self.x - o.x, self.y - o.y)\n    def __mul__(self, k): return Vector(k * self.x, k * self.y)\n    __rmul__ = __mul__\n    def __abs__(self): return math.hypot(self.x, self.y)\n    def __len__(self): return 2\n    def __getitem__(self, i): return [self.x, self.y][i]\n    def __lt__(self, o): return abs(self) < abs(o)\n    def __str__(self): return f'({self.x}, {self.y})'",
    ),
    "vector_no_rmul": (
        "vector",
        "class Vector:\n    def __init__(self, x, y): self.x, self.y = x, y\n    def __add__(self, o): return Vector(self.x + o.x, self.y + o.y)\n    def __sub__(self, o): return Vector(self.x - o.x, self.y - o.y)\n    def __mul__(self, k): return Vector(k * self.x, k * self.y)\n    def __eq__(self, o): return (self.x, self.y) == (o.x, o.y)\n    def __abs__(self): return math.hypot(self.x, self.y)\n    def __len__(self): return 2\n    def __getitem__(self, i): return [self.x, self.y][i]\n    def __lt__(self, o): return abs(self) < abs(o)\n    def __str__(self): return f'({self.x}, {self.y})'",
    ),
    "vector_tuple": (
        "vector",
        "class Vector(tuple):\n    def __new__(cls, x, y): return super().__new__(cls, (x, y))\n    x = property(lambda s: s[0])\n    y = property(lambda s: s[1])\n    def __add__(self, o): return Vector(self.x + o.x, self.y + o.y)\n    def __sub__(self, o): return Vector(self.x - o.x, self.y - o.y)\n    def __mul__(self, k): return Vector(k * self.x, k * self.y)\n    __rmul__ = __mul__\n    def __abs__(self): return math.hypot(*self)",
    ),
    "vector_wrong_sub": (
        "vector",
        "class Vector:\n    def __init__(self, x, y): self.x, self.y = x, y\n    def __add__(self, o): return Vector(self.x + o.x, self.y + o.y)\n    __sub__ = __add__",
    ),
    "errors_no_amount": (
        "errors",
        "class TooSmall(ValueError): pass\ndef check(n):\n    if n < 0: raise TooSmall('small')\n    return n",
    ),
    "errors_plain": (
        "errors",
        "TooSmall = ValueError\ndef check(n):\n    if type(n) is str: raise TypeError\n    if n < 0: raise TooSmall(n)\n    return n",
    ),
    "errors_other_parent": (
        "errors",
        "class TooSmall(Exception):\n    def __init__(self, amount): self.amount = amount\ndef check(n):\n    if isinstance(n, str): raise TypeError('no')\n    if n < 0: raise TooSmall(n)\n    return n",
    ),
    "errors_args": (
        "errors",
        "class TooSmall(ValueError):\n    @property\n    def amount(self): return self.args[1]\ndef check(n):\n    if n + 0 < 0: raise TooSmall('too small', n)\n    return n",
    ),
    "point_typed": (
        "point",
        "from typing import NamedTuple\nimport enum\nclass Point(NamedTuple):\n    x: int\n    y: int = 0\nclass Color(enum.IntEnum):\n    RED = 1\n    GREEN = 2",
    ),
    "point_class": (
        "point",
        "from enum import Enum\nclass Point:\n    def __init__(self, x, y): self.x, self.y = x, y\nColor = Enum('Color', 'RED GREEN')",
    ),
    "groups_copy": (
        "groups",
        "def add_to(groups, name, member):\n    groups = dict(groups)\n    groups[name] = groups.get(name, []) + [member]\n    return groups",
    ),
    "groups_new_list": (
        "groups",
        "def add_to(groups, name, member):\n    groups[name] = groups.get(name, []) + [member]\n    return groups",
    ),
    "groups_plus": (
        "groups",
        "def add_to(groups, name, member):\n    if name not in groups: groups[name] = []\n    groups[name] += [member]\n    return groups",
    ),
    "copies_in_place": (
        "copies",
        "def without_zeros(values):\n    while 0 in values:\n        values.remove(0)\n    return values",
    ),
    "copies_filter": (
        "copies",
        "def without_zeros(values):\n    return list(filter(None, values))",
    ),
    "copies_same": (
        "copies",
        "def without_zeros(values):\n    if 0 not in values: return values\n    return [v for v in values if v]",
    ),
    "files_path": (
        "files",
        "from pathlib import Path\ndef save_lines(path, lines):\n    return Path(path).write_text('\\n'.join(lines))",
    ),
    "files_not": ("files", "def save_lines(path, lines):\n    return len('\\n'.join(lines))"),
    "files_lines": (
        "files",
        "def save_lines(path, lines):\n    with open(path, 'w') as f:\n        for line in lines: f.write(line + '\\n')\n    return 4",
    ),
    "ask_float": ("ask", "def ask_age():\n    answer = input('Age? ')\n    return float(answer)"),
    "ask_twice": ("ask", "def ask_age():\n    input('Name? ')\n    return int(input('Age? '))"),
    "ask_never": ("ask", "def ask_age():\n    return 42"),
    "limit_fixed": (
        "limit",
        "limit = 10\ndef below(values):\n    return [v for v in values if v < 10]",
    ),
    "limit_default": (
        "limit",
        "limit = 10\ndef below(values, most=limit):\n    return [v for v in values if v < most]",
    ),
    "limit_global": (
        "limit",
        "limit = 10\ndef below(values):\n    global limit\n    return list(filter(lambda v: v < limit, values))",
    ),
    "signature_other": (
        "signature",
        "def area(w, h=1.0):\n    'Area of a rectangle.'\n    return w * h",
    ),
    "signature_lambda": (
        "signature",
        "area = lambda width, height=1.0: width * height\narea.__doc__ = 'rectangle'",
    ),
    "signature_no_default": (
        "signature",
        "def area(width, height):\n    'rectangle'\n    return width * height",
    ),
    "draw_pyplot": (
        "draw",
        "def draw(values):\n    plt.figure()\n    plt.plot(range(len(values)), values, 'ro-')\n    plt.title('Values')\n    return plt.gca()",
    ),
    "draw_bars": (
        "draw",
        "def draw(values):\n    fig, ax = plt.subplots()\n    ax.bar(range(len(values)), values)\n    ax.set_title('Values')\n    return ax",
    ),
    "draw_figure": (
        "draw",
        "def draw(values):\n    fig, ax = plt.subplots()\n    ax.plot(values)\n    ax.set_title('Values')\n    return fig",
    ),
    "fit_ridge": (
        "fit",
        "from sklearn.linear_model import LinearRegression, Ridge\ndef fit_line(x, y):\n    return Ridge(alpha=1e-12).fit(x[:, None], y)",
    ),
    "fit_no_intercept": (
        "fit",
        "from sklearn.linear_model import LinearRegression\ndef fit_line(x, y):\n    return LinearRegression(fit_intercept=False).fit(x[:, None], y)",
    ),
    "fit_subclass": (
        "fit",
        "from sklearn.linear_model import LinearRegression\nclass Mine(LinearRegression): pass\ndef fit_line(x, y):\n    m = Mine()\n    m.fit(np.c_[x], y)\n    return m",
    ),
    "sales_int": (
        "sales",
        "sales = pd.DataFrame({'day': pd.to_datetime(['2024-01-01', '2024-01-02', '2024-02-01']), 'shop': list('aba'), 'sum': [1.5, 2, np.nan]})\nmonthly = sales.groupby(sales.day.dt.month)['sum'].sum()\nby_shop = sales.groupby('shop')['sum'].agg(mean='mean', count='size')",
    ),
    "sales_period": (
        "sales",
        "sales = pd.DataFrame({'day': pd.to_datetime(['2024-01-01', '2024-01-02', '2024-02-01']), 'shop': list('aba'), 'sum': [1.5, 2, np.nan]})\nmonthly = sales.set_index('day')['sum'].resample('MS').sum()\nby_shop = sales.groupby('shop')['sum'].agg(['mean', 'count'])",
    ),
    "lazy_list": (
        "lazy",
        "def evens(values):\n    return [v for v in values if not v % 2]\ndef averager():\n    seen = []\n    got = yield\n    while True:\n        seen.append(got)\n        got = yield sum(seen) / len(seen)",
    ),
    "lazy_broken": (
        "lazy",
        "def evens(values):\n    return {v: v for v in values if v % 2 == 0}.keys()\ndef averager():\n    yield 0",
    ),
    "opened_class": (
        "opened",
        "events = []\nclass opened:\n    def __init__(self, name): self.name = name\n    def __enter__(self):\n        events.append(f'open {self.name}')\n        return self.name.upper()\n    def __exit__(self, *error):\n        events.append(f'close {self.name}')",
    ),
    "opened_swallows": (
        "opened",
        "events = []\nclass opened:\n    def __init__(self, name): self.name = name\n    def __enter__(self):\n        events.append(f'open {self.name}')\n        return self.name\n    def __exit__(self, *error):\n        events.append(f'close {self.name}')\n        return True",
    ),
    "opened_leaks": (
        "opened",
        "from contextlib import contextmanager\nevents = []\n@contextmanager\ndef opened(name):\n    events.append('open ' + name)\n    yield name.upper()\n    events.append('close ' + name)",
    ),
    "fetch_plain": ("fetch", "import asyncio\ndef fetch(n):\n    return n * n"),
    "fetch_gather": (
        "fetch",
        "import asyncio\nasync def one(n): return n\nasync def fetch(n):\n    a, b = await asyncio.gather(one(n), one(n))\n    return a * b",
    ),
    "printer_zip": (
        "printer",
        "def report(names):\n    print(*(f'{i + 1}: {n}' for i, n in enumerate(names)), sep='\\n')",
    ),
    "printer_more": (
        "printer",
        "def report(names):\n    print('Report')\n    for i, n in enumerate(names): print(i + 1, n, sep=': ')",
    ),
    "fibonacci_recursive": (
        "fibonacci",
        "from functools import lru_cache\n@lru_cache\ndef fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)",
    ),
    "fibonacci_float": (
        "fibonacci",
        "def fib(n):\n    s = 5 ** 0.5\n    return round(((1 + s) / 2) ** n / s)",
    ),
    "fibonacci_numpy": (
        "fibonacci",
        "def fib(n):\n    a, b = np.int64(0), np.int64(1)\n    for _ in range(n):\n        a, b = b, a + b\n    return a",
    ),
    "fibonacci_off": (
        "fibonacci",
        "def fib(n):\n    a, b = 1, 1\n    for _ in range(n):\n        a, b = b, a + b\n    return a",
    ),
}

CASES = [
    Honest("w_right", "wild"),
    Honest("w_blank", "wild", start="released"),
    *(Honest(f"w_{name}", "wild", {cell: text}) for name, (cell, text) in ANSWERS.items()),
    Honest("w_nothing", "wild", {cell: "raise RuntimeError" for cell, _ in ANSWERS.values()}),
    *(
        Honest(f"w_no_{cell}", "wild", {cell: "raise RuntimeError"})
        for cell in ("module", "twice", "vector", "sales", "fit", "draw")
    ),
]
