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

# %% nbgrader={"grade": false, "grade_id": "character_ids", "locked": false, "schema_version": 3, "solution": true, "task": false}
def character_ids(word, max_characters=50):
    content = word[: max_characters - 2].encode("utf-8")
    ids = [258, *content, 259]
    ids += [260] * (max_characters - len(ids))
    return [i + 1 for i in ids][:max_characters]
