# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Tests as they are written elsewhere: libraries

# %%
# ruff: noqa
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd


# %% nbgrader={"grade": false, "grade_id": "files", "solution": true}
def save_lines(path, lines):
    """Write lines into a file, and return how many characters it has."""
    ### BEGIN SOLUTION
    with open(path, "w") as file:
        return file.write("\n".join(lines))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_files", "points": 1}
import os

assert save_lines("out.txt", ["a", "bc"]) == 4
assert os.path.exists("out.txt")
with open("out.txt") as file:
    assert file.read().split("\n") == ["a", "bc"]


# %% nbgrader={"grade": false, "grade_id": "ask", "solution": true}
def ask_age():
    """Ask `Age? ` with input(), and return the answer as a number."""
    ### BEGIN SOLUTION
    return int(input("Age? "))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_ask", "points": 1}
from unittest.mock import patch

with patch("builtins.input", return_value="42") as asked:
    assert ask_age() == 42
assert asked.call_count == 1


# %% nbgrader={"grade": false, "grade_id": "limit", "solution": true}
limit = 10


def below(values):
    """Return the values below the global variable `limit`."""
    ### BEGIN SOLUTION
    return [v for v in values if v < limit]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_limit", "points": 1}
assert below([1, 20]) == [1]
limit = 30
assert below([1, 20, 40]) == [1, 20], "read the variable limit"
limit = 10


# %% nbgrader={"grade": false, "grade_id": "signature", "solution": true}
### BEGIN SOLUTION
def area(width: float, height: float = 1.0) -> float:
    """Return the area of a rectangle."""
    return width * height


### END SOLUTION
# Write area(width, height), height 1.0 if not given, with annotations and a docstring.

# %% nbgrader={"grade": true, "grade_id": "test_signature", "points": 1}
import inspect
import unittest

case = unittest.TestCase()
parameters = inspect.signature(area).parameters
assert list(parameters) == ["width", "height"] and parameters["height"].default == 1.0
assert "rectangle" in area.__doc__ and area.__name__ == "area"
assert area(2, 3) == 6 and area(width=2) == 2
with case.assertRaises(TypeError):
    area()


# %% nbgrader={"grade": false, "grade_id": "draw", "solution": true}
def draw(values):
    """Plot the values as a line with the title `Values`; return the axes."""
    ### BEGIN SOLUTION
    fig, ax = plt.subplots()
    ax.plot(values)
    ax.set_title("Values")
    return ax
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_draw", "points": 1}
ax = draw([1, 4, 9])
assert ax.get_title() == "Values"
assert len(ax.lines) == 1
np.testing.assert_array_equal(ax.lines[0].get_ydata(), [1, 4, 9])
plt.close("all")


# %% nbgrader={"grade": false, "grade_id": "fit", "solution": true}
from sklearn.linear_model import LinearRegression


def fit_line(x, y):
    """Return a fitted LinearRegression."""
    ### BEGIN SOLUTION
    return LinearRegression().fit(x.reshape(-1, 1), y)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_fit", "points": 1}
xs = np.arange(5.0)
model = fit_line(xs, 2 * xs + 1)
assert isinstance(model, LinearRegression)
assert abs(model.coef_[0] - 2) < 1e-9 and round(float(model.intercept_), 6) == 1
assert np.allclose(model.predict(np.array([[10.0]])), 21)


# %% nbgrader={"grade": false, "grade_id": "sales", "solution": true}
sales = pd.DataFrame(
    {
        "day": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-02-01"]),
        "shop": ["a", "b", "a"],
        "sum": [1.5, 2.0, np.nan],
    }
)
# Set monthly (Series: sum by month) and by_shop (DataFrame: index shop, columns mean, count).
### BEGIN SOLUTION
monthly = sales.groupby(sales["day"].dt.month)["sum"].sum()
by_shop = sales.groupby("shop")["sum"].agg(["mean", "count"])
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_sales", "points": 2}
assert isinstance(monthly, pd.Series) and monthly.loc[1] == 3.5 and monthly.to_dict()[2] == 0
assert by_shop.loc["a", "count"] == 1 and list(by_shop.index) == ["a", "b"]
### BEGIN HIDDEN TESTS
pd.testing.assert_series_equal(
    by_shop["mean"], pd.Series([1.5, 2.0], index=["a", "b"]), check_names=False
)
assert by_shop.dtypes["count"] == int and sales["day"].dt.year.eq(2024).all()
assert by_shop.sort_values("mean", ascending=False).index[0] == "b"
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "lazy", "solution": true}
def evens(values):
    """Return the even values, lazily or not."""
    ### BEGIN SOLUTION
    return filter(lambda v: v % 2 == 0, values)
    ### END SOLUTION


def averager():
    """A generator: send it numbers, it yields the mean so far (first: None)."""
    ### BEGIN SOLUTION
    total, count, mean = 0, 0, None
    while True:
        total += yield mean
        count += 1
        mean = total / count
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_lazy", "points": 1}
assert sorted(evens({4, 1, 2})) == [2, 4] and sum(evens(range(10))) == 20
mean_so_far = averager()
next(mean_so_far)
assert mean_so_far.send(4) == 4 and mean_so_far.send(2) == 3


# %% nbgrader={"grade": false, "grade_id": "opened", "solution": true}
### BEGIN SOLUTION
from contextlib import contextmanager

events = []


@contextmanager
def opened(name):
    events.append("open " + name)
    try:
        yield name.upper()
    finally:
        events.append("close " + name)


### END SOLUTION
# Write the context manager opened(name): gives name in capitals, notes in `events`.

# %% nbgrader={"grade": true, "grade_id": "test_opened", "points": 1}
with opened("door") as what:
    assert what == "DOOR"
    assert events == ["open door"]
try:
    with opened("x"):
        raise ValueError
except ValueError:
    pass
assert events[-1] == "close x" and len(events) == 4


# %% nbgrader={"grade": false, "grade_id": "fetch", "solution": true}
import asyncio


async def fetch(n):
    """Wait a little and return n squared."""
    ### BEGIN SOLUTION
    await asyncio.sleep(0.001)
    return n * n
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_fetch", "points": 1}
assert await fetch(3) == 9
assert inspect.iscoroutinefunction(fetch)


# %% nbgrader={"grade": false, "grade_id": "printer", "solution": true}
def report(names):
    """Print `1: NAME` and so on."""
    ### BEGIN SOLUTION
    for i, name in enumerate(names, 1):
        print(f"{i}: {name}")
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_printer", "points": 1}
from IPython.utils.capture import capture_output

with capture_output() as captured:
    report(["Ada", "Bob"])
assert captured.stdout == "1: Ada\n2: Bob\n"


# %% nbgrader={"grade": false, "grade_id": "fibonacci", "solution": true}
def fib(n):
    """Return the n-th Fibonacci number, fast."""
    ### BEGIN SOLUTION
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_fibonacci", "points": 4}
import time

cases = {0: 0, 1: 1, 10: 55, 90: 2880067194370816120}
began = time.time()
right = sum(fib(n) == value for n, value in cases.items())
assert time.time() - began < 20, "too slow"
right / len(cases) * 4
