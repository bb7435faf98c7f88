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
    return torch.tensor([[[[s < n for s in range(n_keys)]]] for n in lengths.tolist()])


def text_mask(prefix_lens, lengths, n_places):
    mask = torch.zeros(len(lengths), 1, n_places, n_places, dtype=torch.bool)
    for b, (p, n) in enumerate(zip(prefix_lens.tolist(), lengths.tolist())):
        for t in range(n_places):
            mask[b, 0, t, : min(n, max(p, t + 1))] = True
    return mask
