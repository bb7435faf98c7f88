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
    content = torch.tensor([258, *word.encode()[: max_characters - 2], 259]) + 1
    n_missing = max_characters - len(content)
    return torch.nn.functional.pad(content, (0, n_missing), value=261).tolist()
