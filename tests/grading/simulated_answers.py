"""A class that answers by itself: each student makes the choices that a task leaves, as people do.

The choices are skewed, since most learners write what they were shown. Two tasks force the answer.
"""

import random
import re

NAMES = {
    "total": ["total", "s", "sum_", "result", "acc"],
    "item": ["x", "item", "v", "value", "el", "i"],
    "out": ["out", "res", "result", "answer", "ret"],
    "count": ["counts", "d", "freq", "c", "table"],
    "low": ["low", "lo", "left", "a"],
    "high": ["high", "hi", "right", "b"],
    "mid": ["mid", "m", "middle", "k"],
}


def pick(rng, *choices):
    """Return one of the choices; each is half as frequent as the one before it."""
    weights = [0.5**at for at in range(len(choices))]
    return rng.choices(choices, weights)[0]


def mean(rng):
    body = pick(
        rng,
        "return sum(values) / len(values)",
        "total = 0\nfor item in values:\n    total += item\nreturn total / len(values)",
        "total = sum(values)\nreturn total / len(values)",
        "total = 0\nfor item in values:\n    total = total + item\nreturn total / len(values)",
        "import statistics\nreturn statistics.mean(values)",
    )
    guard = pick(
        rng, "", "if not values:\n    return 0\n", "if len(values) == 0:\n    return 0.0\n"
    )
    return define("mean(values)", guard + body)


def identity(rng):
    return define("identity(values)", "return values")


def last(rng):
    return define("last(values)", pick(rng, "return values[-1]", "return values[len(values) - 1]"))


def count(rng):
    start = pick(rng, "count = {}", "count = dict()")
    words = pick(rng, "text.lower().split()", "text.split()", "text.lower().strip().split()")
    step = pick(
        rng,
        "count[item] = count.get(item, 0) + 1",
        "if item in count:\n        count[item] += 1\n    else:\n        count[item] = 1",
        "if item not in count:\n        count[item] = 0\n    count[item] += 1",
        "if item in count.keys():\n        count[item] = count[item] + 1\n    else:\n"
        "        count[item] = 1",
        "count.setdefault(item, 0)\n    count[item] += 1",
    )
    split = pick(rng, (f"for item in {words}:", ""), ("for item in out:", f"out = {words}\n"))
    loop = f"{split[1]}{start}\n{split[0]}\n    {step}\nreturn count"
    counter = f"from collections import Counter\nreturn {{0}}(Counter({words}))"
    return define("count(text)", pick(rng, loop, counter.format("dict"), counter.format("")))


def search(rng):
    bounds = pick(rng, ("len(values) - 1", "<="), ("len(values)", "<"), ("len(values)-1", "<"))
    middle = pick(rng, "(low + high) // 2", "low + (high - low) // 2", "int((low + high) / 2)")
    below = pick(rng, "values[mid] < wanted", "wanted > values[mid]")
    equal = pick(rng, "values[mid] == wanted", "wanted == values[mid]")
    first, second = ("low = mid + 1", "high = mid - 1" if bounds[1] == "<=" else "high = mid")
    branch = pick(
        rng,
        f"if {equal}:\n        return mid\n    elif {below}:\n        {first}\n"
        f"    else:\n        {second}",
        f"if {below}:\n        {first}\n    elif {equal}:\n        return mid\n"
        f"    else:\n        {second}",
        f"if {equal}:\n        return mid\n    if {below}:\n        {first}\n"
        f"    else:\n        {second}",
    )
    start = pick(rng, f"low = 0\nhigh = {bounds[0]}", f"low, high = 0, {bounds[0]}")
    end = pick(rng, "return -1", "return None")
    return define(
        "search(values, wanted)",
        f"{start}\nwhile low {bounds[1]} high:\n    mid = {middle}\n    {branch}\n{end}",
    )


def scale(rng):
    ends = pick(
        rng, "low = min(values)\nhigh = max(values)", "low, high = min(values), max(values)"
    )
    span = pick(rng, "", "total = high - low\n")
    width = "total" if span else "(high - low)"
    guard = pick(
        rng,
        "",
        "if low == high:\n    return [0.0 for item in values]\n",
        f"if {width} == 0:\n    return [0] * len(values)\n",
    )
    work = pick(
        rng,
        f"return [(item - low) / {width} for item in values]",
        f"out = []\nfor item in values:\n    out.append((item - low) / {width})\nreturn out",
        f"out = [(item - low) / {width} for item in values]\nreturn out",
        f"return list(map(lambda item: (item - low) / {width}, values))",
    )
    return define("scale(values)", f"{ends}\n{span}{guard}{work}")


TASKS = {f.__name__: f for f in (mean, identity, last, count, search, scale)}
GIVEN = {
    "mean": "def mean(values):\n    raise NotImplementedError",
    "identity": "def identity(values):\n    raise NotImplementedError",
}


def define(head, body):
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f"def {head}:\n{lines}"


def renamed(rng, source):
    """Return the source with names, comments and blank lines of a student's own."""
    for name, choices in NAMES.items():
        source = re.sub(rf"\b{name}\b(?!\()", rng.choice(choices) + f"_{name[0]}", source)
    lines = []
    for line in source.splitlines():
        if rng.random() < 0.2:
            indent = len(line) - len(line.lstrip())
            lines.append(" " * indent + f"# step {rng.randrange(100)}")
        lines.append(line)
    return "\n".join(lines)


def simulated(students, seed=0, tasks=TASKS):
    """Return task → student → source of a class in which nobody copied."""
    rng = random.Random(seed)
    return {
        task: {f"s{n:04d}": renamed(rng, write(rng)) for n in range(students)}
        for task, write in tasks.items()
    }
