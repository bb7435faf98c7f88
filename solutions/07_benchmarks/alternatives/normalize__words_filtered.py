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

# %% nbgrader={"grade": false, "grade_id": "normalize", "locked": false, "schema_version": 3, "solution": true, "task": false}
def normalize(text):
    kept = []
    for sign in text.lower():
        if sign not in string.punctuation:
            kept.append(sign)
    # what is left between two word boundaries decides, so split at them
    parts = re.split(r"\b", "".join(kept))
    return " ".join("".join(" " if part in {"a", "an", "the"} else part for part in parts).split())
