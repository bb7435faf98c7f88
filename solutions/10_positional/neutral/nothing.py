# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% nbgrader={"grade": false, "grade_id": "hidden_states", "locked": false, "schema_version": 3, "solution": true, "task": false}
def hidden_states(*given):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "sinusoids", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sinusoids(*given):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "relative_buckets", "locked": false, "schema_version": 3, "solution": true, "task": false}
def relative_buckets(*given):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "rotary", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rotary(*given):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "rows_for_halves", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rows_for_halves(*given):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "alibi_slopes", "locked": false, "schema_version": 3, "solution": true, "task": false}
def alibi_slopes(*given):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "attend_onward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def attend_onward(*given):
    print(given)
