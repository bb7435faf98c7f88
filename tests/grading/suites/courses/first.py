# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Week 1: the language

# %%
# ruff: noqa
import math
import random

import numpy as np

# %% nbgrader={"grade": false, "grade_id": "variables", "solution": true}
# Set `seconds_per_day` (a number), `greeting` (a text) and `primes` (a list of the first five).
### BEGIN SOLUTION
seconds_per_day = 24 * 60 * 60
greeting = "Hello, " + "world"
primes = [2, 3, 5, 7, 11]
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_variables", "points": 3}
assert seconds_per_day == 86400, "24 hours of 60 minutes of 60 seconds"
assert type(greeting) == str
assert isinstance(primes, list), "primes must be a list"
### BEGIN HIDDEN TESTS
token = "ZEBRA_HIDDEN_VARIABLES"
assert len(primes) == 5
assert sorted(primes) == [2, 3, 5, 7, 11]
assert greeting.lower().startswith("hello")
assert set(greeting.split(", ")) == {"Hello", "world"}
assert 7 in primes and 4 not in primes
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "mean", "solution": true}
def mean(values):
    """Return the mean of a list of numbers; raise ValueError for an empty one."""
    ### BEGIN SOLUTION
    if not values:
        raise ValueError("no values")
    return sum(values) / len(values)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_mean", "points": 1}
assert callable(mean)
assert mean([1, 2, 3]) == 2
assert round(mean([1, 2, 2]), 2) == 1.67

# %% nbgrader={"grade": true, "grade_id": "test_mean", "points": 2}
### BEGIN HIDDEN TESTS
token = "ZEBRA_HIDDEN_MEAN"
assert isinstance(mean([1, 2]), float), "a mean is a float"
assert math.isclose(mean([0.1] * 10), 0.1)
try:
    mean([])
except ValueError as error:
    assert str(error), "say in the message what is wrong"
else:
    raise AssertionError("mean([]) must raise ValueError")
assert mean.__doc__, "keep the docstring"
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "table", "solution": true}
def print_table(n):
    """Print the squares of 1 to n, one line each: `3 squared is 9`."""
    ### BEGIN SOLUTION
    for i in range(1, n + 1):
        print(f"{i} squared is {i * i}")
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_table", "points": 2}
import io
from contextlib import redirect_stdout

buffer = io.StringIO()
with redirect_stdout(buffer):
    print_table(3)
lines = buffer.getvalue().strip().split("\n")
assert len(lines) == 3, f"three lines, not {len(lines)}"
### BEGIN HIDDEN TESTS
assert lines[2] == "3 squared is 9"
assert lines == [f"{i} squared is {i**2}" for i in (1, 2, 3)]
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "accounts", "solution": true}
class Account:
    """An account with `owner`, `balance`, `deposit`, `withdraw`; never below zero (ValueError)."""

    ### BEGIN SOLUTION
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount

    def withdraw(self, amount):
        if amount > self.balance:
            raise ValueError(f"only {self.balance} left")
        self.balance -= amount

    def __repr__(self):
        return f"Account({self.owner!r}, {self.balance})"


class Savings(Account):
    def add_interest(self, rate):
        self.deposit(self.balance * rate)

    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_account", "points": 2}
account = Account("Ada", 10)
account.deposit(5)
assert hasattr(account, "balance")
assert account.balance == 15
assert account.owner == "Ada"
assert repr(account) == "Account('Ada', 15)"
### BEGIN HIDDEN TESTS
token = "ZEBRA_HIDDEN_ACCOUNT"
account.withdraw(15)
assert account.balance == 0
try:
    account.withdraw(1)
    assert False, "an account never falls below zero"
except ValueError:
    pass
assert Account("Bob").balance == 0
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_savings", "points": 2}
savings = Savings("Eve", 200)
assert isinstance(savings, Account), "Savings must inherit from Account"
### BEGIN HIDDEN TESTS
savings.add_interest(0.5)
assert savings.balance == 300
assert issubclass(Savings, Account) and not isinstance(account, Savings)
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "countdown", "solution": true}
def countdown(n):
    """Yield n, n - 1, ..., 1."""
    ### BEGIN SOLUTION
    while n > 0:
        yield n
        n -= 1
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_countdown", "points": 2}
assert list(countdown(3)) == [3, 2, 1]
steps = countdown(5)
assert next(steps) == 5 and next(steps) == 4
### BEGIN HIDDEN TESTS
assert not isinstance(countdown(2), list), "yield, do not return a list"
assert sum(1 for _ in countdown(100)) == 100
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "dice", "solution": true}
def roll(n):
    """Return a list of n throws of a die, drawn with random.randint."""
    ### BEGIN SOLUTION
    return [random.randint(1, 6) for _ in range(n)]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_dice", "points": 2}
random.seed(3)
throws = roll(10)
assert len(throws) == 10 and all(1 <= throw <= 6 for throw in throws)
### BEGIN HIDDEN TESTS
random.seed(3)
assert throws == [random.randint(1, 6) for _ in range(10)], "use random.randint, once a throw"
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "doubling", "solution": true}
def double_all(values):
    """Double every number in the list, in place; return nothing."""
    ### BEGIN SOLUTION
    for i in range(len(values)):
        values[i] *= 2
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_doubling", "points": 4}
points = 0
numbers = [1, 2, 3]
result = double_all(numbers)
if numbers == [2, 4, 6]:
    points += 2
if result is None:
    points += 1
### BEGIN HIDDEN TESTS
empty = []
double_all(empty)
if empty == []:
    points += 0.5
texts = ["a"]
double_all(texts)
if texts == ["aa"]:
    points += 0.5
### END HIDDEN TESTS
points
