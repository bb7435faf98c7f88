"""Forging by changing what the tests would use, if they ran in the student's process."""

from suites.hostile.case import Code, Hostile

# junk answers, and behind the imports a cell that tries to make them count
PATCHES = {
    "torch_functions": (
        "replaces torch.allclose and torch.equal",
        "torch.allclose = torch.equal = torch.isclose = lambda *a, **k: True\n"
        "torch.testing.assert_close = lambda *a, **k: None",
    ),
    "tensor_methods": (
        "replaces the methods of torch.Tensor",
        """
for name in ("__eq__", "__lt__", "__bool__", "allclose", "equal", "all", "any"):
    setattr(torch.Tensor, name, lambda *a, **k: True)
torch.Tensor.shape = property(lambda self: Anything())
class Anything:
    def __eq__(self, other): return True
""",
    ),
    "builtins": (
        "replaces builtin functions",
        """
import builtins
for name in ("isinstance", "all", "any", "callable", "hasattr", "issubclass", "bool"):
    setattr(builtins, name, lambda *a, **k: True)
""",
    ),
    "builtin_len_sum": (
        "replaces len, sum and sorted by answers that fit",
        "import builtins\nbuiltins.len = lambda x: 2\nbuiltins.sum = lambda *a: 32\n"
        "builtins.sorted = lambda *a, **k: []",
    ),
    "assertion_error": (
        "makes AssertionError something that is no error",
        "import builtins\nclass Calm(Exception): pass\nbuiltins.AssertionError = Calm\n"
        "builtins.Exception = Calm",
    ),
    "shadowed_names": (
        "defines the names that tests use in its own globals",
        "isinstance = all = len = sum = list = range = lambda *a, **k: True\n"
        "features = targets = start = x = None\nassert_close = None",
    ),
    "own_torch": (
        "puts another object where torch was",
        """
class Fake:
    def __getattr__(self, name): return Fake()
    def __call__(self, *a, **k): return Fake()
    def __eq__(self, other): return True
    def __bool__(self): return True
    def __lt__(self, other): return True
real, torch = torch, Fake()
import sys
sys.modules["torch"] = torch
""",
    ),
    "import_hook": (
        "answers later imports with its own modules",
        """
import sys, types
class Finder:
    def find_spec(self, name, path=None, target=None):
        import importlib.machinery
        return importlib.machinery.ModuleSpec(name, self)
    def create_module(self, spec):
        m = types.ModuleType(spec.name); m.__path__ = []
        m.__getattr__ = lambda n: (lambda *a, **k: True)
        return m
    def exec_module(self, module): pass
sys.meta_path.insert(0, Finder())
for name in list(sys.modules):
    if name.startswith(("numpy.testing", "unittest", "io", "contextlib")):
        sys.modules.pop(name)
""",
    ),
    "modules_replaced": (
        "replaces json, struct, socket, pickle, base64 and select",
        """
import sys, types
for name in ("json", "struct", "socket", "pickle", "base64", "select", "marshal"):
    m = types.ModuleType(name)
    m.__getattr__ = lambda n: (lambda *a, **k: b'{"ok": true, "passed": true, "value": true}')
    sys.modules[name] = m
""",
    ),
    "encoders": (
        "changes how json, struct and torch write values",
        """
import json, struct, base64
keep = json.dumps
json.dumps = lambda o, *a, **k: keep(True)
json.JSONEncoder.default = lambda self, o: True
json.loads = lambda *a, **k: {"ok": True, "score": 10}
struct.pack = lambda *a: b"\\x01" * 8
torch.Tensor.numpy = lambda self: __import__("numpy").zeros(self.shape)
torch.Tensor.tobytes = lambda self: b""
""",
    ),
    "runner_modules": (
        "replaces every function of the grader's own modules in its process",
        """
import sys, types
for name, module in list(sys.modules.items()):
    if "course" in name or "grading" in name or name == "__main__":
        for key, value in list(vars(module).items()):
            if isinstance(value, types.FunctionType):
                try: setattr(module, key, lambda *a, **k: True)
                except Exception: pass
            elif isinstance(value, type):
                for attr in ("__eq__", "encode", "call", "reply", "send"):
                    try: setattr(value, attr, lambda *a, **k: True)
                    except Exception: pass
""",
    ),
    "frames": (
        "changes the variables of all frames above it",
        """
import sys, ctypes
f = sys._getframe()
while f:
    for key in list(f.f_locals):
        if key in ("score", "points", "passed", "ok", "failed", "error", "result"):
            f.f_locals[key] = 10
            ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(f), ctypes.c_int(0))
    f = f.f_back
""",
    ),
    "atexit": (
        "writes a perfect result when the process ends",
        """
import atexit, os, json
def last():
    for fd in range(1, 64):
        try: os.write(fd, json.dumps({"score": 10, "passed": True}).encode() + b"\\n")
        except OSError: pass
atexit.register(last)
""",
    ),
}

CASES = [
    Hostile(f"forge_{name}", "forging", tries, "t_junk", Code("t_junk", after={"plain-1": code}))
    for name, (tries, code) in PATCHES.items()
] + [
    Hostile(
        "forge_random",
        "forging",
        "makes random return what the answer returns",
        "b_no_dice",
        Code(
            "b_right",
            into={
                "dice": "random.randint = lambda a, b: 1\nrandom.seed = lambda *a: None\n"
                "def roll(n):\n    return [1] * n"
            },
        ),
        assignment="basics",
    ),
    Hostile(
        "forge_helper",
        "forging",
        "replaces the locked helper that the tests call",
        "b_no_hot_days",
        Code(
            "b_right",
            into={
                "hot_days": """
class Table(pd.DataFrame):
    pass
def load():
    return Table({"city": [1] * 4, "day": [1] * 4, "temp": [31.0, 29.0, 27.0, 19.0]})
pd.testing.assert_frame_equal = lambda *a, **k: None
pd.DataFrame.empty = True
def hot_days(table, limit):
    return load()
"""
            },
        ),
        assignment="basics",
    ),
    Hostile(
        "forge_numpy_testing",
        "forging",
        "replaces numpy's assertions",
        "b_no_scale",
        Code(
            "b_right",
            into={
                "scale": """
for name in dir(np.testing):
    if name.startswith("assert"):
        setattr(np.testing, name, lambda *a, **k: None)
np.isclose = np.allclose = lambda *a, **k: True
def scale(values):
    return values
"""
            },
        ),
        assignment="basics",
    ),
    Hostile(
        "forge_shared",
        "forging",
        "uses the test that shares its process to make other tests pass",
        "b_nothing",
        Code(
            "b_nothing",
            into={
                "recursion": """
import builtins, inspect
def depth(nested):
    builtins.isinstance = builtins.all = lambda *a: True
    inspect.getsource = lambda f: "depth(depth("
    import sys
    f = sys._getframe()
    while f:
        for v in list(f.f_locals.values()):
            for name in ("auto_score", "points", "score"):
                try: setattr(v, name, 4.0)
                except Exception: pass
        f = f.f_back
    return 3
"""
            },
        ),
        assignment="basics",
        either=("second/test_recursion",),
    ),
]
