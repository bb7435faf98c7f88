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
    return torch.arange(n_keys).expand(len(lengths), 1, 1, n_keys).lt(lengths.view(-1, 1, 1, 1))


def text_mask(prefix_lens, lengths, n_places):
    visible = torch.logical_or(causal_mask(n_places), padding_mask(prefix_lens, n_places))
    return torch.logical_and(visible, padding_mask(lengths, n_places))
