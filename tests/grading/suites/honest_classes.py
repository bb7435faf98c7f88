"""Honest submissions of `basics`: classes, generators, dice, lists."""

from suites.handed import Honest
from suites.honest_basics import case

_ACCOUNT = """
class Account:
    def __init__(self, owner, balance=0):
        self.owner, self.{field} = owner, balance
    def deposit(self, amount):
        self.{field} += amount
    def withdraw(self, amount):
        if self.{field} - amount < 0:
            raise {error}
        self.{field} -= amount
    def __repr__(self):
        return f"Account({{self.owner!r}}, {{self.{field}}})"
{more}

class Savings{parent}:
    def add_interest(self, rate):
        self.{field} *= 1 + rate
"""


def _account(name: str, **how: str) -> Honest:
    usual = {"field": "balance", "error": "ValueError('no')", "more": "", "parent": "(Account)"}
    return case(f"account_{name}", "accounts", _ACCOUNT.format(**usual | how))


CASES = [
    _account("plain"),
    _account(
        "property",
        field="_money",
        more="""
    @property
    def balance(self):
        return self._money
""",
    ),
    _account("hidden", field="money"),
    _account("wrong_error", error="RuntimeError('too much')"),
    _account("no_parent", parent=""),
    case(
        "account_dataclass",
        "accounts",
        """
from dataclasses import dataclass

@dataclass
class Account:
    owner: str
    balance: float = 0

    def deposit(self, amount: float) -> None:
        self.balance += amount

    def withdraw(self, amount: float) -> None:
        if amount > self.balance:
            raise ValueError("not enough")
        self.balance -= amount

    def __repr__(self) -> str:
        return f"Account('{self.owner}', {self.balance})"

class Savings(Account):
    def add_interest(self, rate: float) -> None:
        self.deposit(self.balance * rate)
""",
    ),
    case(
        "account_slots",
        "accounts",
        """
from abc import ABC, abstractmethod

class Base(ABC):
    @abstractmethod
    def deposit(self, amount): ...

class Account(Base):
    __slots__ = ("owner", "balance")
    def __init__(self, owner, balance=0):
        self.owner, self.balance = owner, balance
    def deposit(self, amount):
        self.balance += amount
        return self
    def withdraw(self, amount):
        if amount > self.balance:
            raise ValueError
        self.balance -= amount
        return self
    def __repr__(self):
        return "Account(" + repr(self.owner) + ", " + repr(self.balance) + ")"

class Savings(Account):
    def add_interest(self, rate):
        super().deposit(rate * self.balance)
""",
    ),
    case(
        "account_only_first",
        "accounts",
        _ACCOUNT.format(
            field="balance", error="ValueError('no')", more="", parent="(Account)"
        ).split("class Savings")[0],
    ),
    case("countdown_range", "countdown", "def countdown(n):\n    yield from range(n, 0, -1)"),
    case("countdown_iter", "countdown", "def countdown(n):\n    return iter(range(n, 0, -1))"),
    case("countdown_list", "countdown", "def countdown(n):\n    return list(range(n, 0, -1))"),
    case(
        "countdown_expression",
        "countdown",
        "def countdown(n):\n    return (n - i for i in range(n))",
    ),
    case(
        "countdown_class",
        "countdown",
        """
class countdown:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        return self
    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n + 1
""",
    ),
    case(
        "countdown_zero",
        "countdown",
        """
def countdown(n):
    while n >= 0:
        yield n
        n -= 1
""",
    ),
    case("dice_choice", "dice", "def roll(n):\n    return random.choices(range(1, 7), k=n)"),
    case(
        "dice_seeded",
        "dice",
        """
def roll(n):
    random.seed(0)
    return [random.randint(1, 6) for _ in range(n)]
""",
    ),
    case("dice_numpy", "dice", "def roll(n):\n    return list(np.random.randint(1, 7, size=n))"),
    case(
        "dice_import",
        "dice",
        """
from random import randint

def roll(n):
    throws = []
    while len(throws) < n:
        throws.append(randint(1, 6))
    return throws
""",
    ),
    case("double_slice", "doubling", "def double_all(v):\n    v[:] = [2 * x for x in v]"),
    case("double_returned", "doubling", "def double_all(v):\n    return [2 * x for x in v]"),
    case(
        "double_both",
        "doubling",
        """
def double_all(v):
    for i, x in enumerate(v):
        v[i] = x + x
    return v
""",
    ),
    case(
        "double_numbers",
        "doubling",
        """
def double_all(values):
    for i in range(len(values)):
        values[i] = values[i] + int(values[i])
""",
    ),
    case("double_first", "doubling", "def double_all(v):\n    v[0] *= 2"),
]
