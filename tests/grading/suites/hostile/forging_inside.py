"""Forging from within the grader's own service: it is found in memory and made to send odd replies.

These know names of the implementation; where those are gone, a case is an answer that raises.
"""
# ruff: noqa: E501 (code of submissions)

from suites.hostile.case import Code, Hostile, in_call

FIND = """
import gc
def find(name):
    for thing in gc.get_objects():
        try:
            if type(thing).__name__ == name: return thing
        except BaseException: pass
service = find("Service")
channel = getattr(service, "channel", None)
"""

# what the answer to a call is replaced by
REPLIES = {
    "module": '{"value": {"t": "module", "v": "os"}}',
    "type": '{"value": {"t": "type", "v": "list"}}',
    "own_class": '{"value": {"t": "own", "cls": "list", "n": 1, "v": [["append", 1]]}}',
    "true": '{"value": True}',
    "missing": "{}",
    "no_value": '{"value": {"t": "notimplemented"}}',
    "same": '{"value": {"t": "same", "n": 0}}',
    "same_far": '{"value": {"t": "same", "n": 10 ** 9}}',
    "error": '{"error": {"cls": {"t": "class", "h": 1, "name": "SkipTest", "module": "unittest.case", "bases": [], "special": []}, "text": "", "args": None}}',
    "stop": '{"error": {"cls": {"t": "class", "h": 2, "name": "StopIteration", "module": "builtins", "bases": [], "special": []}, "text": "", "args": None}}',
    "base_error": '{"error": {"cls": {"t": "class", "h": 3, "name": "StudentGone", "module": "course_lib.grading.remote.session", "bases": [], "special": []}, "text": "", "args": None}}',
    "class_lies": '{"value": {"t": "handle", "h": 7, "cls": {"t": "class", "h": 8, "name": "Yes", "module": "m", "bases": [{"t": "type", "v": "list"}], "special": ["__eq__", "__len__", "__iter__", "__instancecheck__"]}}}',
    "handle_alien": '{"value": {"t": "handle", "h": 10 ** 12, "cls": {"t": "type", "v": "list"}}}',
    "iterator": '{"value": {"t": "handle", "h": 5, "kind": "iterator"}}',
    "changed": '{"value": 1, "changed": [[0, {"t": "list", "v": []}], [-1, 5]]}',
    "changed_many": '{"value": 1, "changed": [[i, {"t": "list", "v": []}] for i in range(100_000)]}',
    "callback": '{"callback": 0, "value": {"t": "list", "v": [{"t": "list", "v": []}, {"t": "dict", "v": []}]}}',
    "output": '{"output": {"output_type": "execute_result", "data": {"text/plain": "3.0"}, "metadata": {}}}',
    "output_odd": '{"output": {"output_type": ["x"], "text": {"a": 1}, "data": "x"}}',
    "number": '{"value": {"t": "int", "v": "f" * 4_000_000}}',
    "range": '{"value": {"t": "range", "v": [0, 10 ** 18]}}',
    "named": '{"value": {"t": "named", "cls": "x", "f": ["__eq__", "class", "a b"], "v": [1, 2, 3]}}',
    "named_eq": '{"value": {"t": "named", "cls": "Pair", "f": ["count", "index"], "v": [1, 2]}}',
    "bytes": '{"value": {"t": "bytes", "b": 0}}',
    "array": '{"value": {"t": "array", "dtype": "object", "shape": [2 ** 40], "b": 0}}',
    "tensor": '{"value": {"t": "tensor", "dtype": "float32", "shape": [-1, 2], "b": 0}}',
    "text": '{"value": {"t": "text", "cls": "decimal.Decimal", "v": "1e999999999"}}',
    "kind": '{"value": {"t": {"a": 1}}}',
    "value_list": '{"value": [1, 2, 3]}',
    "keys": '{"value": {"t": "dict", "v": [[{"t": "list", "v": []}, 1]]}}',
    "collisions": '{"value": {"t": "dict", "v": [[{"t": "int", "v": hex(k * (2 ** 61 - 1))[2:]}, 0] for k in range(40_000)]}}',
}

CALL = (
    FIND
    + """
def top_words(text, k):
    try:
        reply = %s
        service._value = lambda value: (reply, [])
        service.calls.call = lambda *a, **k: (reply, [])
    except BaseException: pass
    raise RuntimeError("after this one, every answer is the odd one")
"""
)

CASES = [
    in_call(
        "forging", "top_words", f"forge_reply_{name}", f"sends an odd reply ({name})", CALL % reply
    )
    for name, reply in REPLIES.items()
] + [
    in_call(
        "forging",
        "top_words",
        "forge_answers_ahead",
        "sends answers to questions not yet asked",
        FIND
        + """
def top_words(text, k):
    try:
        for number in range(1, 400):
            channel.send({"id": number, "value": True, "changed": []}, [])
    except BaseException: pass
    raise RuntimeError
""",
    ),
    in_call(
        "forging",
        "top_words",
        "forge_callbacks",
        "calls functions of the tests that do not exist",
        FIND
        + """
def top_words(text, k):
    for number in (0, 1, -1, 10 ** 30, None, "0", True):
        try: service._callback(number, (1,), {})
        except BaseException: pass
    raise RuntimeError
""",
    ),
    in_call(
        "forging",
        "top_words",
        "forge_slow_iterator",
        "is an iterator that never gives and never ends",
        FIND
        + """
import time
def top_words(text, k):
    try:
        def nothing(self, message, buffers):
            time.sleep(0.3)
            return {"value": {"t": "list", "v": []}, "end": False}, []
        type(service)._operations["next"] = nothing
    except BaseException: pass
    yield ("c", 3)
""",
    ),
    Hostile(
        "forge_module_own",
        "forging",
        "puts a class of its own where a module is asked for",
        "w_no_module",
        Code(
            "w_right",
            into={
                "module": """
class st:
    __name__ = "statistics"
    @staticmethod
    def mean(values): return 2
    @staticmethod
    def median(values): return 7.5
"""
            },
        ),
        assignment="wild",
        either=("language/test_middle",),  # right, and what it compares with happens to be too
    ),
    Hostile(
        "forge_eq",
        "forging",
        "says that its vectors are equal to everything",
        "w_no_vector",
        Code(
            "w_right",
            into={
                "vector": """
class Vector:
    def __init__(self, x, y): self.x, self.y = 0, 0
    def __eq__(self, other): return True
    def __ne__(self, other): return True
    def __add__(self, o): return self
    def __sub__(self, o): return self
    def __mul__(self, o): return self
    __rmul__ = __mul__
    def __abs__(self): return 5
    def __len__(self): return 2
    def __getitem__(self, i): return (3, 4)[i]
    def __str__(self): return "(1, 1)"
    def __lt__(self, o): return True
"""
            },
        ),
        assignment="wild",
    ),
    Hostile(
        "forge_range",
        "forging",
        "hands over a range without an end where a test makes a set",
        "d_means_series",
        Code(
            "b_right",
            into={
                "means": """
days = load()
n_days, warmest = 8, "Rome"
city_means = range(10 ** 12)
"""
            },
        ),
        assignment="basics",
    ),
    Hostile(
        "forge_calls_flood",
        "forging",
        "calls a function of the tests for ever from a later cell",
        "w_right",
        Code(
            "w_right",
            after={
                "adder": FIND
                + """
import time
end = time.monotonic() + 80
while time.monotonic() < end:
    service._callback(0, (1,), {})
"""
            },
        ),
        assignment="wild",
        person=None,
    ),
    Hostile(
        "forge_instance",
        "forging",
        "returns a fitted model that lies, of a class that says it is the right one",
        "w_no_fit",
        Code(
            "w_right",
            into={
                "fit": """
from sklearn.linear_model import LinearRegression
class Liar(LinearRegression):
    intercept_ = 1.0
    @property
    def coef_(self):
        class C:
            def __getitem__(self, i):
                class N(float):
                    def __sub__(self, o): return 0.0
                return N(99)
        return C()
    def predict(self, x):
        class P(np.ndarray):
            def __array_function__(self, *a): return True
        return np.zeros(1).view(P)
def fit_line(x, y): return Liar()
"""
            },
        ),
        assignment="wild",
    ),
]
