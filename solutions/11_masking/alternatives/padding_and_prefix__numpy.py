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
    import numpy as np

    return torch.from_numpy(np.arange(n_keys) < lengths.numpy()[:, None, None, None])


def text_mask(prefix_lens, lengths, n_places):
    import numpy as np

    s, t = np.arange(n_places), np.arange(n_places)[:, None]
    p, n = prefix_lens.numpy()[:, None, None, None], lengths.numpy()[:, None, None, None]
    return torch.from_numpy((s < n) & ((s < p) | (s <= t)))
