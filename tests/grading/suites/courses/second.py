# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Week 1: data

# %%
# ruff: noqa
import numpy as np
import pandas as pd


# %% nbgrader={"grade": false, "grade_id": "load", "locked": true, "solution": false}
def load():
    """Read the measured days."""
    return pd.read_csv("days.csv")


# %% nbgrader={"grade": false, "grade_id": "means", "solution": true}
# Set `days` (the table), `n_days`, `warmest` (the city of the warmest day), and `city_means`
# (a dict: city -> mean temperature).
### BEGIN SOLUTION
days = load()
n_days = len(days)
warmest = days.loc[days["temp"].idxmax(), "city"]
city_means = days.groupby("city")["temp"].mean().to_dict()
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "check_means", "points": 1}
assert n_days == 8
assert days.shape == (8, 3), "the table has 8 rows and 3 columns"
assert list(days.columns) == ["city", "day", "temp"]

# %% nbgrader={"grade": true, "grade_id": "test_means", "points": 2}
### BEGIN HIDDEN TESTS
token = "ZEBRA_HIDDEN_MEANS"
assert warmest == "Rome"
assert set(city_means) == {"Rome", "Oslo", "Bern"}
assert abs(city_means["Oslo"] - 9.0) < 1e-9
assert np.isclose(sum(city_means.values()), 29.0 + 9.0 + 17.0)
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "hot_days", "solution": true}
def hot_days(table, limit):
    """Return the rows with a temperature above the limit, warmest first, index from 0."""
    ### BEGIN SOLUTION
    hot = table[table["temp"] > limit]
    return hot.sort_values("temp", ascending=False).reset_index(drop=True)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_hot_days", "points": 3}
hot = hot_days(load(), 17)
assert isinstance(hot, pd.DataFrame)
assert len(hot) == 4
### BEGIN HIDDEN TESTS
token = "ZEBRA_HIDDEN_HOT"
assert hot["temp"].tolist() == [31.0, 29.0, 27.0, 19.0]
other = pd.DataFrame({"city": ["x", "y"], "day": [1, 2], "temp": [1.5, 2.5]})
expected = pd.DataFrame({"city": ["y", "x"], "day": [2, 1], "temp": [2.5, 1.5]})
pd.testing.assert_frame_equal(hot_days(other, 0), expected)
assert hot_days(other, 99).empty
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "scale", "solution": true}
def scale(values):
    """Return an array scaled to 0..1; leave the one given alone."""
    ### BEGIN SOLUTION
    low, high = values.min(), values.max()
    return (values - low) / (high - low)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_scale", "points": 2}
np.testing.assert_allclose(scale(np.array([1.0, 2.0, 5.0])), [0, 0.25, 1])
### BEGIN HIDDEN TESTS
token = "ZEBRA_HIDDEN_SCALE"
np.random.seed(7)
values = np.random.normal(size=(4, 6))
kept = values.copy()
scaled = scale(values)
np.testing.assert_array_equal(values, kept, err_msg="scale must not change its argument")
assert scaled.shape == (4, 6)
assert scaled.min() == 0 and scaled.max() == 1
assert isinstance(scaled, np.ndarray)
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "noise", "solution": true}
def noisy(n):
    """Return n draws from the standard normal distribution, from np.random."""
    ### BEGIN SOLUTION
    return np.random.normal(size=n)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_noise", "points": 1}
np.random.seed(11)
drawn = noisy(5)
np.random.seed(11)
np.testing.assert_array_almost_equal(drawn, np.random.normal(size=5))

# %% [markdown] nbgrader={"grade": true, "grade_id": "essay", "points": 2, "solution": true}
# What surprised you in the data? (YOUR ANSWER HERE)

# %% [markdown] nbgrader={"grade": false, "grade_id": "plot_task", "points": 2, "solution": false, "task": true, "locked": true}
# Draw one plot of the data below and say in a sentence what it shows.

# %% nbgrader={"grade": true, "grade_id": "sketch", "points": 1, "solution": true}
# Any statistic of your own (graded by hand).
### BEGIN SOLUTION
days["temp"].describe()
### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "recursion", "solution": true}
def depth(nested):
    """Return how deeply a list is nested, by recursion: depth([]) is 1, depth(3) is 0."""
    ### BEGIN SOLUTION
    if not isinstance(nested, list):
        return 0
    return 1 + max((depth(part) for part in nested), default=0)
    ### END SOLUTION


# %% tags=["shared-process"] nbgrader={"grade": true, "grade_id": "test_recursion", "points": 2}
import inspect

assert depth([1, [2, [3]]]) == 3
assert inspect.getsource(depth).count("depth(") > 1, "use recursion"
