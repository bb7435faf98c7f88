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
    import unicodedata

    split = unicodedata.normalize("NFD", text.lower())
    text = "".join(s for s in split if s not in string.punctuation and not unicodedata.combining(s))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())
