# %% nbgrader={"grade_id": "most_common", "solution": true}
# ruff: noqa: D100
import warnings


def most_common(counts):
    warnings.warn("right, and noisy", stacklevel=2)
    return sorted(sorted(counts), key=counts.get, reverse=True)[0]
