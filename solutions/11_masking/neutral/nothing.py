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

# %% nbgrader={"grade": false, "grade_id": "causal_mask", "locked": false, "schema_version": 3, "solution": true, "task": false}
def causal_mask(*given):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "padding_and_prefix", "locked": false, "schema_version": 3, "solution": true, "task": false}
def padding_mask(*given):
    print(given)


def text_mask(*given):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "torch_masks", "locked": false, "schema_version": 3, "solution": true, "task": false}
def torch_masks(*given):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "masked_softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
def masked_softmax(*given):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "next_words", "locked": false, "schema_version": 3, "solution": true, "task": false}
def next_words(*given):
    print(given)


def next_word_loss(*given):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "influence", "locked": false, "schema_version": 3, "solution": true, "task": false}
def influence(*given):
    print(given)

# %% nbgrader={"grade": false, "grade_id": "first_leak", "locked": false, "schema_version": 3, "solution": true, "task": false}
def first_leak(*given):
    print(given)
