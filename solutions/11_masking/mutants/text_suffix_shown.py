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
    return (torch.arange(n_keys) < lengths[:, None])[:, None, None, :]


def text_mask(prefix_lens, lengths, n_places):
    place = torch.arange(n_places)
    visible = place >= prefix_lens[:, None, None, None]
    return padding_mask(lengths, n_places) & (visible | (place <= place[:, None]))
