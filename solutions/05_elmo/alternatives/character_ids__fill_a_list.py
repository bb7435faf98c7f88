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
    ids = [261] * max_characters
    ids[0] = 259
    end = 1
    for byte in bytearray(word, "utf-8"):
        if end == max_characters - 1:
            break
        ids[end] = byte + 1
        end += 1
    ids[end] = 260
    return ids
