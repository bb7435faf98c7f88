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

# %% nbgrader={"grade": false, "grade_id": "padding_and_prefix", "locked": false, "schema_version": 3, "solution": true, "task": false}
def padding_mask(lengths, n_keys):
    return (torch.arange(n_keys) <= lengths[:, None])[:, None, None, :]


def text_mask(prefix_lens, lengths, n_places):
    place = torch.arange(n_places)
    in_prefix = place < prefix_lens[:, None, None, None]
    is_real = place < lengths[:, None, None, None]
    return is_real & (in_prefix | (place <= place[:, None]))
