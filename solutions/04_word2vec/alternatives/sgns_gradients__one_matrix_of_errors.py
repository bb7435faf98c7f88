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

# %% nbgrader={"grade": false, "grade_id": "sgns_gradients", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sgns_gradients(centre, true, noise):
    words = torch.cat([true.unsqueeze(1), noise], dim=1)
    errors = torch.sigmoid(torch.bmm(words, centre.unsqueeze(2)))
    errors[:, 0] -= 1
    to_words = errors * centre.unsqueeze(1)
    return (errors * words).sum(1), to_words[:, 0], to_words[:, 1:]
