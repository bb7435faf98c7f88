# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Tests as they are written elsewhere: the language

# %%
# ruff: noqa
import math

import numpy as np

# %% nbgrader={"grade": false, "grade_id": "module", "solution": true}
# Import the module `statistics` under the name `st`.
### BEGIN SOLUTION
import statistics as st
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_module", "points": 1}
assert st.__name__ == "statistics"
assert st.mean([1, 2, 3]) == 2


# %% nbgrader={"grade": false, "grade_id": "middle", "solution": true}
def middle(values):
    """Return the median."""
    ### BEGIN SOLUTION
    values = sorted(values)
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_middle", "points": 1}
import unittest

case = unittest.TestCase()
case.assertEqual(middle([3, 1, 2]), 2)
case.assertAlmostEqual(middle([1.0, 2.0]), 1.5)
### BEGIN HIDDEN TESTS
token = "ZEBRA_HIDDEN_MIDDLE"
case.assertIsNotNone(middle([0]))
case.assertEqual(middle([9, 8, 7, 1]), st.median([9, 8, 7, 1]))
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "twice", "solution": true}
def apply_twice(function, value):
    """Return function(function(value))."""
    ### BEGIN SOLUTION
    return function(function(value))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_twice", "points": 1}
assert apply_twice(lambda n: n + 3, 7) == 13
assert apply_twice(str.upper, "a") == "A"
### BEGIN HIDDEN TESTS
calls = []
apply_twice(lambda n: calls.append(n) or n, 1)
assert calls == [1, 1], "call the function twice"


def refuses(n):
    raise KeyError("inside")


try:
    apply_twice(refuses, 1)
    assert False, "let errors of the function through"
except KeyError as error:
    assert error.args == ("inside",)
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "counted", "solution": true}
def counted(function):
    """Return a decorated function that counts its calls in its attribute `calls`."""

    ### BEGIN SOLUTION
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_counted", "points": 1}
@counted
def add(a, b=1):
    return a + b


assert add(2) == 3 and add(2, b=5) == 7
assert add.calls == 2


# %% nbgrader={"grade": false, "grade_id": "adder", "solution": true}
def make_adder(n):
    """Return a function that adds n."""
    ### BEGIN SOLUTION
    return lambda x: x + n
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_adder", "points": 1}
assert make_adder(3)(4) == 7
assert [f(10) for f in map(make_adder, range(3))] == [10, 11, 12]


# %% nbgrader={"grade": false, "grade_id": "vector", "solution": true}
class Vector:
    """A vector in the plane: +, -, ==, abs(), len(), [], iteration, in, str."""

    ### BEGIN SOLUTION
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k)

    __rmul__ = __mul__

    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)

    def __abs__(self):
        return math.hypot(self.x, self.y)

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return (self.x, self.y)[i]

    def __lt__(self, other):
        return abs(self) < abs(other)

    def __str__(self):
        return f"({self.x}, {self.y})"

    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_vector", "points": 1}
v = Vector(3, 4)
assert abs(v) == 5 and len(v) == 2
assert v[0] == 3 and list(v) == [3, 4] and 4 in v
assert str(v) == "(3, 4)"

# %% nbgrader={"grade": true, "grade_id": "test_vector", "points": 2}
w = Vector(1, 1)
assert (v + w).x == 4 and (v - w).y == 3
assert (v * 2).x == 6 and (2 * v).y == 8
assert v + w == Vector(4, 5)
### BEGIN HIDDEN TESTS
assert not v == w and v != w
assert sorted([v, w])[0].x == 1 and max(v, w) is v
assert f"{w}" == "(1, 1)"
v.x = 0
assert abs(v) == 4
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "errors", "solution": true}
### BEGIN SOLUTION
class TooSmall(ValueError):
    """A number below the limit, with the attribute `amount`."""

    def __init__(self, amount):
        super().__init__(f"{amount} is too small")
        self.amount = amount


### END SOLUTION
def check(n):
    """Return n; raise TooSmall for a number below zero, TypeError for what is no number."""
    ### BEGIN SOLUTION
    if not isinstance(n, (int, float)):
        raise TypeError("a number, please")
    if n < 0:
        raise TooSmall(n)
    return n
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_errors", "points": 1}
try:
    check(-3)
    raise AssertionError("TooSmall, please")
except TooSmall as error:
    assert error.amount == -3
    assert isinstance(error, ValueError)
with case.assertRaises(TypeError):
    check("x")
assert check(3) == 3


# %% nbgrader={"grade": false, "grade_id": "point", "solution": true}
### BEGIN SOLUTION
from collections import namedtuple
from enum import Enum

Point = namedtuple("Point", "x y")


class Color(Enum):
    RED = 1
    GREEN = 2


### END SOLUTION
# Define the namedtuple Point (x, y) and the enum Color (RED = 1, GREEN = 2).

# %% nbgrader={"grade": true, "grade_id": "test_point", "points": 1}
p = Point(1, 2)
assert p.x == 1 and p == (1, 2) and p._replace(x=5) == Point(5, 2)
a, b = p
assert a + b == 3 and isinstance(p, tuple)
assert Color.RED.value == 1 and Color(2) is Color.GREEN and Color["RED"].name == "RED"
assert [c.name for c in Color] == ["RED", "GREEN"] and len(Color) == 2


# %% nbgrader={"grade": false, "grade_id": "groups", "solution": true}
def add_to(groups, name, member):
    """Add a member to groups[name] (a dict of lists) in place, and return groups itself."""
    ### BEGIN SOLUTION
    groups.setdefault(name, []).append(member)
    return groups
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_groups", "points": 1}
groups = {"a": [1]}
inner = groups["a"]
assert add_to(groups, "a", 2) is groups
assert groups == {"a": [1, 2]} and inner is groups["a"] and inner == [1, 2]
add_to(groups, "b", 3)
assert list(groups) == ["a", "b"] and groups["b"] == [3]


# %% nbgrader={"grade": false, "grade_id": "copies", "solution": true}
def without_zeros(values):
    """Return a new list without zeros; leave the old one alone."""
    ### BEGIN SOLUTION
    return [v for v in values if v != 0]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_copies", "points": 1}
given = [0, 1, 0, 2]
made = without_zeros(given)
assert made == [1, 2] and made is not given and given == [0, 1, 0, 2]
made.append(0)
assert without_zeros(made) == [1, 2] and made == [1, 2, 0]
