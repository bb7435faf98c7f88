"""Honest submissions of `basics`: tables and arrays, and one that fails for every answer."""

from suites.handed import Honest


def _case(name: str, cell: str, text: str) -> Honest:
    return Honest(f"d_{name}", "basics", {cell: text})


DATA = [
    _case(
        "means_csv",
        "means",
        """
import csv

days = load()
with open("days.csv") as lines:
    rows = list(csv.DictReader(lines))
n_days = len(rows)
warmest = max(rows, key=lambda row: float(row["temp"]))["city"]
city_means = {}
for city in {row["city"] for row in rows}:
    temps = [float(row["temp"]) for row in rows if row["city"] == city]
    city_means[city] = sum(temps) / len(temps)
""",
    ),
    _case(
        "means_series",
        "means",
        """
days = load()
n_days = days.shape[0]
warmest = days.sort_values("temp").iloc[-1].city
city_means = days.groupby("city").temp.mean()
""",
    ),
    _case(
        "means_renamed",
        "means",
        """
days = load().rename(columns={"temp": "temperature"})
n_days = len(days)
warmest = "Rome"
city_means = days.groupby("city")["temperature"].mean().to_dict()
""",
    ),
    _case(
        "means_coldest",
        "means",
        """
days = load()
n_days = len(days)
warmest = days.loc[days["temp"].idxmin(), "city"]
city_means = dict(days.groupby("city")["temp"].mean())
""",
    ),
    _case(
        "means_numpy",
        "means",
        """
days = load()
n_days = np.int64(days.shape[0])
warmest = np.str_(days.city[days.temp.argmax()])
city_means = {c: np.float32(days.temp[days.city == c].mean()) for c in days.city.unique()}
""",
    ),
    _case(
        "hot_query",
        "hot_days",
        """
def hot_days(table, limit):
    return table.query("temp > @limit").sort_values("temp", ascending=False, ignore_index=True)
""",
    ),
    _case(
        "hot_index",
        "hot_days",
        """
def hot_days(table, limit):
    return table[table.temp > limit].sort_values("temp", ascending=False)
""",
    ),
    _case(
        "hot_included",
        "hot_days",
        """
def hot_days(table, limit):
    t = table[table.temp >= limit]
    return t.sort_values("temp", ascending=False).reset_index(drop=True)
""",
    ),
    _case(
        "hot_dict",
        "hot_days",
        """
def hot_days(table, limit):
    return table[table.temp > limit].to_dict("records")
""",
    ),
    _case(
        "hot_loop",
        "hot_days",
        """
def hot_days(table, limit):
    rows = []
    for _, row in table.iterrows():
        if row["temp"] > limit:
            rows.append(row.to_dict())
    rows.sort(key=lambda row: -row["temp"])
    return pd.DataFrame(rows, columns=table.columns)
""",
    ),
    _case(
        "scale_loop",
        "scale",
        """
def scale(values):
    flat = [(v - values.min()) / (values.max() - values.min()) for v in values.flat]
    return np.array(flat).reshape(values.shape)
""",
    ),
    _case(
        "scale_in_place",
        "scale",
        """
def scale(values):
    values -= values.min()
    values /= values.max()
    return values
""",
    ),
    _case(
        "scale_list",
        "scale",
        """
def scale(values):
    low, high = min(values), max(values)
    return [(v - low) / (high - low) for v in values]
""",
    ),
    _case("scale_by_max", "scale", "def scale(values):\n    return values / values.max()"),
    _case(
        "scale_ufunc",
        "scale",
        """
def scale(values):
    return np.divide(np.subtract(values, np.min(values)), np.ptp(values))
""",
    ),
    _case(
        "noise_loop",
        "noise",
        """
def noisy(n):
    return [np.random.normal() for _ in range(n)]
""",
    ),
    _case(
        "noise_new",
        "noise",
        """
def noisy(n):
    return np.random.default_rng(11).normal(size=n)
""",
    ),
    _case("noise_randn", "noise", "from numpy.random import randn as noisy"),
    _case(
        "depth_loop",
        "recursion",
        """
def depth(nested):
    level, found = [nested], 0
    while any(isinstance(part, list) for part in level):
        found += 1
        level = [inner for part in level if isinstance(part, list) for inner in part]
    return found
""",
    ),
    _case(
        "depth_max",
        "recursion",
        """
def depth(nested):
    return 1 + max(map(depth, nested), default=0) if type(nested) is list else 0
""",
    ),
]

_CALLS = {
    "mean": "values",
    "table": "n",
    "countdown": "n",
    "dice": "n",
    "doubling": "values",
    "hot_days": "table, limit",
    "scale": "values",
    "noise": "n",
    "recursion": "nested",
}
_NAMES = {"table": "print_table", "dice": "roll", "doubling": "double_all", "noise": "noisy"}
_NAMES |= {"recursion": "depth"}
_FAILS = {
    cell: f"def {_NAMES.get(cell, cell)}({arguments}):\n    raise RuntimeError('no idea')"
    for cell, arguments in _CALLS.items()
}
_FAILS |= {"variables": "pass", "means": "pass", "accounts": "pass"}
FAILS = [
    Honest("b_nothing", "basics", _FAILS),
    *(Honest(f"b_no_{cell}", "basics", {cell: text}) for cell, text in _FAILS.items()),
]

CASES = DATA + FAILS
