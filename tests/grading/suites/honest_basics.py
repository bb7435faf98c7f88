"""Honest submissions of `basics`: beginners' styles, right and wrong."""

from suites.handed import Honest


def case(name: str, cell: str, text: str) -> Honest:
    """Return a submission with one answer written otherwise."""
    return Honest(f"b_{name}", "basics", {cell: text})


CASES = [
    Honest("b_right", "basics"),
    Honest("b_blank", "basics", start="released"),
    Honest("b_essay", "basics", {"essay": "That it is *warm* in Rome: 31 °C – größer als π·9."}),
    Honest("b_task", "basics", {"plot_task": "Draw one plot.\n\nHere it is, and it is flat."}),
    Honest("b_sketch", "basics", {"sketch": "days['temp'].max() - days['temp'].min()"}),
    case(
        "variables_numpy",
        "variables",
        """
seconds_per_day = np.int64(86400)
greeting = str(np.str_("Hello, world"))
primes = list(np.array([2, 3, 5, 7, 11]))
""",
    ),
    case(
        "variables_float",
        "variables",
        """
seconds_per_day = 8.64e4
greeting = "hello, world"
primes = [2, 3, 5, 7, 11]
""",
    ),
    case(
        "variables_tuple",
        "variables",
        """
seconds_per_day = 86400
greeting = 'Hello, world'
primes = 2, 3, 5, 7, 11
""",
    ),
    case("variables_missing", "variables", "seconds_per_day = 86400\nprimes = [2, 3, 5, 7, 11]"),
    case(
        "variables_class",
        "variables",
        """
class Text(str):
    pass

seconds_per_day, greeting, primes = 86400, Text("Hello, world"), [2, 3, 5, 7, 11]
""",
    ),
    case(
        "variables_half",
        "variables",
        """
seconds_per_day = 24 * 60 * 60
greeting = "Hello, " + world
primes = [2, 3, 5, 7, 11]
""",
    ),
    case(
        "mean_statistics",
        "mean",
        '''
import statistics

def mean(values: list[float]) -> float:
    """Mean by the library."""
    return float(statistics.mean(values))  # StatisticsError is a ValueError
''',
    ),
    case(
        "mean_numpy",
        "mean",
        '''
def mean(values):
    """Mean by numpy."""
    if len(values) == 0:
        raise ValueError("empty")
    return np.mean(values)
''',
    ),
    case(
        "mean_int",
        "mean",
        '''
def mean(values):
    """Whole numbers."""
    if not values: raise ValueError("empty")
    return sum(values) // len(values)
''',
    ),
    case(
        "mean_none",
        "mean",
        '''
def mean(values):
    """Mean."""
    print(sum(values) / len(values))
''',
    ),
    case(
        "mean_zero",
        "mean",
        '''
def mean(values):
    """Mean; 0 for nothing."""
    return sum(values) / len(values) if values else 0.0
''',
    ),
    case(
        "mean_division",
        "mean",
        '''
def mean(values):
    """Mean."""
    return sum(values) / len(values)
''',
    ),
    case(
        "mean_quiet",
        "mean",
        '''
def mean(values):
    """Mean."""
    if not values:
        raise ValueError
    return sum(values) / len(values)
''',
    ),
    case(
        "mean_own_error",
        "mean",
        '''
class EmptyError(ValueError):
    def __str__(self):
        return "nothing in it"

def mean(values):
    """Mean."""
    if not values:
        raise EmptyError()
    return math.fsum(values) / len(values)
''',
    ),
    case(
        "mean_undocumented",
        "mean",
        """
def mean(values):
    if not values:
        raise ValueError("empty")
    return sum(values) / len(values)
""",
    ),
    case(
        "mean_cached",
        "mean",
        '''
from functools import lru_cache, wraps

def with_lists(function):
    cached = lru_cache(maxsize=None)(function)
    @wraps(function)
    def call(values):
        return cached(tuple(values))
    return call

@with_lists
def mean(values):
    """Mean, remembered."""
    if not values:
        raise ValueError("empty")
    total = 0.0
    for value in values:
        total += value
    return total / len(values)
''',
    ),
    case(
        "mean_callable",
        "mean",
        '''
class Mean:
    """Mean as an object."""
    calls = 0
    def __call__(self, values):
        self.calls += 1
        if not values:
            raise ValueError(f"call {self.calls}: empty")
        return sum(values) / len(values)

mean = Mean()
''',
    ),
    case(
        "mean_async",
        "mean",
        '''
async def mean(values):
    """Mean, some day."""
    return sum(values) / len(values)
''',
    ),
    case(
        "mean_fraction",
        "mean",
        '''
from fractions import Fraction

def mean(values):
    """Exactly."""
    if not values:
        raise ValueError("empty")
    return Fraction(sum(values)) / len(values)
''',
    ),
    case(
        "mean_recursive",
        "mean",
        '''
def total(values):
    return values[0] + total(values[1:]) if values else 0

def mean(values):
    """Mean by recursion."""
    if values == []:
        raise ValueError("empty list")
    return total(values) / len(values)
''',
    ),
    case(
        "table_one_print",
        "table",
        """
def print_table(n):
    print("\\n".join(f"{i} squared is {i**2}" for i in range(1, n + 1)), end="\\n\\n")
""",
    ),
    case(
        "table_write",
        "table",
        """
import sys

def print_table(n):
    for i in range(n):
        sys.stdout.write("%d squared is %d\\n" % (i + 1, (i + 1) ** 2))
    sys.stdout.flush()
""",
    ),
    case(
        "table_returned",
        "table",
        """
def print_table(n):
    return [f"{i} squared is {i * i}" for i in range(1, n + 1)]
""",
    ),
    case(
        "table_from_zero",
        "table",
        """
def print_table(n):
    for i in range(n):
        print(i, "squared is", i * i)
""",
    ),
]
