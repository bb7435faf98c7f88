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

# %% nbgrader={"grade": false, "grade_id": "slanted_triangular", "locked": false, "schema_version": 3, "solution": true, "task": false}
def slanted_triangular(*given, **named):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "discriminative_rates", "locked": false, "schema_version": 3, "solution": true, "task": false}
def discriminative_rates(*given, **named):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "trainable_groups", "locked": false, "schema_version": 3, "solution": true, "task": false}
def trainable_groups(*given, **named):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "locked_dropout", "locked": false, "schema_version": 3, "solution": true, "task": false}
def locked_dropout(*given, **named):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "weight_drop_rnn", "locked": false, "schema_version": 3, "solution": true, "task": false}
def weight_drop_rnn(*given, **named):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "concat_pool", "locked": false, "schema_version": 3, "solution": true, "task": false}
def concat_pool(*given, **named):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "fine_tune", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fine_tune(*given, **named):
    print(given)
