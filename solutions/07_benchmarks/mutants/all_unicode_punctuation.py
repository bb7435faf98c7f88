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
    text = text.lower()
    import unicodedata

    text = "".join(s for s in text if s not in string.punctuation and unicodedata.category(s)[0] != "P")
    text = re.sub(r"\b(a|an|the)\b", " ", text)
    return " ".join(text.split())
