"""Do tests in another process see what they would see beside the student's code?"""

# ruff: noqa: E501  (notebook cells on one line each)

import pytest

from course_lib.grading.engine.worker import Worker
from tests.grading.engine_notebooks import answer, check, given, grade


@pytest.fixture(scope="module")
def worker():
    with Worker(["numpy", "pandas", "torch"]) as one:
        yield one


RIGHT = {
    "numbers and strings": ("def f(x): return x * 2", "assert f(3) == 6\nassert f('a') == 'aa'"),
    "containers": (
        "def f(): return {'a': [1, (2, 3)], 'b': {4}}",
        "got = f()\nassert got == {'a': [1, (2, 3)], 'b': {4}}\nassert type(got['a'][1]) is tuple",
    ),
    "huge and odd numbers": (
        "def f(): return 10**5000, float('nan'), float('inf'), 1j, True, None",
        "import math\na, b, c, d, e, g = f()\n"
        "assert a == 10**5000 and math.isnan(b) and c == math.inf and d == 1j\n"
        "assert e is True and g is None",
    ),
    "a cycle": (
        "def f():\n    x = [1]\n    x.append(x)\n    return x",
        "got = f()\nassert got[1] is got",
    ),
    "an argument changed in place": (
        "def f(x):\n    x.append(len(x))\n    x[0]['k'] = 7\n    return x",
        "inner = {}\nmine = [inner]\ngot = f(mine)\n"
        "assert got is mine and mine[0] is inner and inner == {'k': 7} and mine[1] == 1",
    ),
    "an argument left alone": (
        "def f(x): return sorted(x)",
        "mine = [3, 1]\nassert f(mine) == [1, 3]\nassert mine == [3, 1]",
    ),
    "a variable": ("total = 42\nnames = ['x']", "assert total == 42\nassert names == ['x']"),
    "an error by its name": (
        "def f(x):\n    raise ValueError(f'bad {x}')",
        "try:\n    f(3)\nexcept ValueError as error:\n    assert str(error) == 'bad 3'\n"
        "else:\n    raise AssertionError",
    ),
    "an error of their own": (
        "class Sad(KeyError): pass\ndef f(): raise Sad('x')",
        "try:\n    f()\nexcept Sad as error:\n    assert isinstance(error, KeyError)\n"
        "else:\n    raise AssertionError",
    ),
    "an endless generator": (
        "def f():\n    n = 0\n    while True:\n        yield n\n        n += 1",
        "from itertools import islice\nassert list(islice(f(), 300)) == list(range(300))",
    ),
    "a generator's return value": (
        "def f():\n    yield 1\n    return 9",
        "g = f()\nassert next(g) == 1\ntry:\n    next(g)\nexcept StopIteration as stop:\n"
        "    assert stop.value == 9",
    ),
    "a function of the test as argument": (
        "def f(g, xs): return [g(x) for x in xs]",
        "seen = []\ndef spy(x):\n    seen.append(x)\n    return x + 1\n"
        "assert f(spy, [1, 2]) == [2, 3]\nassert seen == [1, 2]\n"
        "import math\nassert f(math.sqrt, [4]) == [2]",
    ),
    "a function of theirs as result": (
        "def f(n):\n    def add(x): return x + n\n    return add",
        "add = f(3)\nassert callable(add) and add(4) == 7 and add.__name__ == 'add'",
    ),
    "keyword arguments and a signature": (
        "def f(a, *, b: int = 2):\n    'Add.'\n    return a + b",
        "import inspect\nassert f(1, b=5) == 6\nassert f.__doc__ == 'Add.'\n"
        "assert list(inspect.signature(f).parameters) == ['a', 'b']\n"
        "assert inspect.signature(f).parameters['b'].default == 2",
    ),
    "a class": (
        "class Stack:\n    limit = 3\n    def __init__(self): self.items = []\n"
        "    def push(self, x): self.items.append(x)\n    def __len__(self): return len(self.items)\n"
        "    @staticmethod\n    def twice(x): return 2 * x",
        "s = Stack()\ns.push(4)\nassert isinstance(s, Stack) and len(s) == 1 and s.items == [4]\n"
        "assert Stack.limit == 3 and Stack.twice(4) == 8 and hasattr(s, 'push')\n"
        "assert not hasattr(s, 'pop')\ns.items = [1, 2]\nassert len(s) == 2",
    ),
    "operators that the source's class defines": (
        "class V:\n    def __init__(self, x): self.x = x\n    def __add__(self, o): return V(self.x + o.x)\n"
        "    def __eq__(self, o): return self.x == o.x\n    def __mul__(self, k): return V(self.x * k)",
        "assert V(1) + V(2) == V(3)\nassert V(2) * 3 == V(6)\nassert not V(1) == V(2)",
    ),
    "inheritance": (
        "class A:\n    def hi(self): return 'a'\nclass B(A): pass",
        "assert issubclass(B, A) and isinstance(B(), A) and B().hi() == 'a'",
    ),
    "printing": (
        "def f(): print('hello')",
        "import contextlib, io\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    f()\n"
        "assert out.getvalue() == 'hello\\n'",
    ),
    "numpy": (
        "import numpy as np\ndef f(a):\n    a += 1\n    return a.sum(), a.astype('float32').T, np.float64(2)",
        "import numpy as np\na = np.arange(6).reshape(2, 3)\ns, t, x = f(a)\n"
        "assert s == 21 and isinstance(s, np.int64) and t.shape == (3, 2) and t.dtype == np.float32\n"
        "np.testing.assert_allclose(a, [[1, 2, 3], [4, 5, 6]])\nassert isinstance(x, float)",
    ),
    "pandas": (
        "import pandas as pd\ndef f(d): return d.groupby('k')['v'].sum(), d[d.v > 1]",
        "import pandas as pd\nd = pd.DataFrame({'k': ['a', 'b', 'a'], 'v': [1, 2, 3]})\ns, e = f(d)\n"
        "assert s['a'] == 4 and list(e.index) == [1, 2]\n"
        "pd.testing.assert_frame_equal(e, d[d.v > 1])",
    ),
    "tensors": (
        "def f(x):\n    x.mul_(2)\n    return x.half(), x.T, x > 2",
        "import torch\nx = torch.arange(3.0).view(1, 3)\nh, t, b = f(x)\n"
        "assert torch.equal(x, torch.tensor([[0.0, 2.0, 4.0]])) and h.dtype == torch.float16\n"
        "assert t.shape == (3, 1) and b.tolist() == [[False, False, True]]",
    ),
    "gradients through a function": (
        "def f(x, w): return (x @ w).relu()",
        "import torch\ntorch.manual_seed(0)\nx = torch.randn(3, 5)\n"
        "w = torch.randn(5, 2, requires_grad=True)\nf(x, w).square().sum().backward()\n"
        "got, w.grad = w.grad, None\n(x @ w).relu().square().sum().backward()\n"
        "torch.testing.assert_close(got, w.grad)",
    ),
    "a seed set by the test": (
        "import random, torch\nimport numpy as np\n"
        "def f(): return random.random(), float(np.random.rand()), torch.rand(1).item()",
        "import random, torch\nimport numpy as np\n"
        "random.seed(5); np.random.seed(5); torch.manual_seed(5)\n"
        "want = random.random(), float(np.random.rand()), torch.rand(1).item()\n"
        "random.seed(5); np.random.seed(5); torch.manual_seed(5)\nassert f() == want\nassert f() != want",
    ),
    "an async function": ("async def f(x): return x + 1", "assert await f(1) == 2"),
    "partial credit": ("x = 1", "x / 2"),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_gets_its_points(worker, name):
    text, test = RIGHT[name]
    graded = grade(worker, answer(text), check(test))
    assert graded.points == {"test_1": 0.5 if name == "partial credit" else 1}, graded.messages


NETWORK = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.fc = nn.Linear(d, 2)
        self.drop = nn.Dropout(0.5)
        self.register_buffer('mean', torch.zeros(d))
    def forward(self, x): return self.fc(self.drop(x - self.mean))
def step(model, optimizer, x, y):
    loss = nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad(); loss.backward(); optimizer.step()
    return loss.item()
def freeze(model):
    for p in model.parameters(): p.requires_grad = False
    return model
"""
NETWORK_TESTS = {
    "shape and parts": "net = Net(5)\nassert isinstance(net, nn.Module) and isinstance(net, Net)\n"
    "assert net(torch.randn(3, 5)).shape == (3, 2) and isinstance(net.fc, nn.Linear)\n"
    "assert {n for n, _ in net.named_parameters()} == {'fc.weight', 'fc.bias'}\n"
    "assert net.fc.in_features == 5 and list(net.state_dict()) == ['mean', 'fc.weight', 'fc.bias']\n"
    "assert sum(p.numel() for p in net.parameters()) == 12",
    "the test sets weights": "net = Net(3).eval()\nwith torch.no_grad():\n    net.fc.weight.fill_(1)\n"
    "    net.fc.bias.zero_()\nassert torch.equal(net(torch.ones(1, 3)), torch.full((1, 2), 3.0))\n"
    "net.load_state_dict({'mean': torch.ones(3), 'fc.weight': torch.ones(2, 3), 'fc.bias': torch.ones(2)})\n"
    "assert torch.equal(net(torch.ones(1, 3)), torch.ones(1, 2))",
    "a weight that is no number": "net = Net(3).eval()\nwith torch.no_grad():\n"
    "    net.fc.weight.zero_()\n    net.fc.bias.zero_()\nassert net(torch.ones(1, 3)).sum() == 0\n"
    "with torch.no_grad():\n    net.fc.bias.fill_(float('nan'))\n"
    "assert net(torch.ones(1, 3)).isnan().all()",
    "modes": "net = Net(3)\nassert net.training\nnet.eval()\nassert not net.training and not net.drop.training\n"
    "x = torch.randn(4, 3)\nassert torch.equal(net(x), net(x))\nnet.train()\nassert net.fc.training",
    "the test trains it": "torch.manual_seed(0)\nnet = Net(3).eval()\nopt = torch.optim.SGD(net.parameters(), 0.5)\n"
    "x, y = torch.randn(8, 3), torch.arange(8) % 2\nfirst = None\nfor _ in range(9):\n"
    "    loss = nn.functional.cross_entropy(net(x), y)\n    first = first or loss.item()\n"
    "    opt.zero_grad(); loss.backward(); opt.step()\nassert net.fc.weight.grad.abs().sum() > 0\n"
    "assert nn.functional.cross_entropy(net(x), y).item() < first",
    "the student's code trains it": "torch.manual_seed(0)\nnet = Net(3).eval()\n"
    "opt = torch.optim.SGD(net.parameters(), 0.5)\nbefore = net.fc.weight.clone()\n"
    "losses = [step(net, opt, torch.ones(4, 3), torch.tensor([0, 1, 1, 1])) for _ in range(5)]\n"
    "assert losses[-1] < losses[0] and not torch.equal(before, net.fc.weight)",
    "a network of the test's is changed": "net = nn.Sequential(nn.Linear(2, 3), nn.ReLU())\n"
    "assert freeze(net) is net and not any(p.requires_grad for p in net.parameters())\n"
    "opt = torch.optim.SGD(net[0].requires_grad_(True).parameters(), 1.0)\nbefore = net[0].weight.clone()\n"
    "step(net, opt, torch.ones(2, 2), torch.tensor([0, 1]))\nassert not torch.equal(before, net[0].weight)",
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORK_TESTS)
def test_networks(worker, name):
    graded = grade(
        worker,
        given("import torch\nfrom torch import nn"),
        answer(NETWORK),
        check(NETWORK_TESTS[name]),
    )
    assert graded.points == {"test_2": 1}, graded.messages


def test_instances_of_given_classes_cross_by_value(worker):
    graded = grade(
        worker,
        given("class Node:\n    def __init__(self, v, n=None): self.v, self.n = v, n"),
        answer("def push(head, v):\n    head.v += 1\n    return Node(v, head)"),
        check("a = Node(1)\nb = push(a, 5)\nassert type(b) is Node and b.v == 5\n"
              "assert b.n is a and a.v == 2"),
    )  # fmt: skip
    assert graded.points == {"test_2": 1}, graded.messages


def test_given_helpers_run_beside_the_test_and_call_the_answer(worker):
    graded = grade(
        worker,
        given("import math\nSCALE = 3\ndef probe(n): return [f(i) * SCALE for i in range(n)]"),
        answer("def f(i): return i + 1\nmath = None\nSCALE = 0\ndef probe(n): return [3, 6]"),
        check("assert probe(2) == [3, 6] and math.pi > 3"),
        answers=["def f(i): return 0\nmath = None\ndef probe(n): return [3, 6]\nSCALE = 7"],
    )
    assert graded.points == {"test_2": 0}


def test_what_a_visible_test_defines_is_there_for_later_cells(worker):
    graded = grade(
        worker,
        answer("def f(x): return x"),
        check("data = [1, 2]\nassert f(data) == data"),
        answer("total = sum(data)"),
        check("assert total == 3"),
    )
    assert graded.points == {"test_1": 1, "test_3": 1}, graded.messages


FORGED = {
    "an object that equals everything": (
        "class Yes:\n    def __eq__(self, o): return True\n    def __ne__(self, o): return False\n"
        "    def __lt__(self, o): return True\n    def __gt__(self, o): return True\n"
        "    def __sub__(self, o): return 0.0\n    __rsub__ = __abs__ = __sub__\n"
        "    def __contains__(self, o): return True\ndef f(x): return Yes()",
        "got = f(3)\nassert got == 6",
    ),
    "a difference of zero": (
        "class Yes:\n    def __sub__(self, o): return 0.0\n    def __rsub__(self, o): return 0.0\n"
        "def f(x): return Yes()",
        "assert abs(f(3) - 6) < 1e-9",
    ),
    "a float that compares as it likes": (
        "class F(float):\n    def __eq__(self, o): return True\n    __hash__ = float.__hash__\n"
        "    def __sub__(self, o): return 0.0\ndef f(x): return F(1)",
        "assert f(3) == 6",
    ),
    "a tensor that is close to all": (
        "import torch\nclass T(torch.Tensor):\n    @classmethod\n"
        "    def __torch_function__(cls, func, types, args=(), kwargs=None): return True\n"
        "def f(x): return torch.zeros(2).as_subclass(T)",
        "import torch\ntorch.testing.assert_close(f(3), torch.ones(2))",
    ),
    "torch.equal says yes": (
        "import torch\ntorch.equal = torch.allclose = lambda *a, **k: True\n"
        "torch.testing.assert_close = lambda *a, **k: None\ndef f(x): return torch.zeros(2)",
        "assert torch.equal(f(3), torch.ones(2))",
    ),
    "an iteration that ends early": (
        "def f(x): raise StopIteration",
        "assert all(map(f, [1, 2])) and f(1) == 2",
    ),
    "a loop that the answer ends": ("def f(x): raise StopIteration", "assert all(map(f, [1]))"),
    "a swallowed assertion": (
        "class C:\n    def __enter__(self): return 1\n    def __exit__(self, *a): return True\n"
        "def f(x): return C()",
        "with f(1) as got:\n    assert got == 2",
    ),
    "an exception that is not one": (
        "class E(Exception): pass\nE.__name__ = 'ValueError'\nE.__module__ = 'builtins'\n"
        "def f(x): raise E",
        "try:\n    f(-1)\nexcept ValueError:\n    pass",
    ),
    "the end of the process in a try": (
        "import os\ndef f(x): os._exit(0)",
        "try:\n    f(1)\nexcept Exception:\n    pass",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_clever_answer_gains_nothing(worker, name):
    text, test = FORGED[name]
    source = "import torch\ndef f(x): return torch.ones(2) if x == 3 else 2 * x"
    graded = grade(worker, given("import torch"), answer(source), check(test), answers=[text])
    assert graded.points == {"test_2": 0}


def test_hidden_tests_are_nowhere_in_the_students_process(worker):
    spy = """
import gc, sys
def f(): return 1
wanted = bytes(reversed(b'terces = 71_REKRAM'))
found = [o for o in gc.get_objects() if isinstance(o, str) and wanted.decode() in o]
with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb') as memory:
    hits = 0
    for line in maps:
        span, rights = line.split()[:2]
        if 'r' in rights and '[v' not in line:
            low, high = (int(x, 16) for x in span.split('-'))
            try:
                memory.seek(low)
                hits += memory.read(high - low).count(wanted)
            except (OSError, ValueError, OverflowError): pass
print('hits', hits, len(found), 'beside the one that looks')
"""
    graded = grade(
        worker, answer("def f(): return 1"), check("# MARKER_17 = secret\nassert f() == 1"),
        answers=[spy], hidden="# MARKER_17 = secret",
    )  # fmt: skip
    assert graded.points == {"test_1": 1}
    hits = int(graded.result.notebooks["hw"].text.partition("hits ")[2].split()[0])
    assert hits <= 1  # `wanted` itself


def test_a_source_without_answers_still_finds_the_students(worker):
    graded = grade(
        worker,
        answer("# your code here"),
        check("assert total == 5 and f(2) == 4\nassert max(1, 2) == 2"),
        answers=["total = 5\ndef f(x): return 2 * x\ndef max(*a): return 7"],
    )
    assert graded.points == {"test_1": 1}, graded.messages
