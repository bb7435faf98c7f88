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
    rows = [torch.cat([torch.ones(n), torch.zeros(n_keys - n)]) for n in lengths.tolist()]
    return torch.stack(rows).bool().unsqueeze(1).unsqueeze(1)


def text_mask(prefix_lens, lengths, n_places):
    end = torch.maximum(torch.arange(1, n_places + 1), prefix_lens[:, None])
    end = torch.minimum(end, lengths[:, None])  # (B, T): each query sees the keys below
    return (torch.arange(n_places) < end[..., None])[:, None]
