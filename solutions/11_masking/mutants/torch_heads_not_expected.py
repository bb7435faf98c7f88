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

# %% nbgrader={"grade": false, "grade_id": "torch_masks", "locked": false, "schema_version": 3, "solution": true, "task": false}
def torch_masks(may_attend, n_heads):
    n_sentences, _, n_queries, n_keys = may_attend.shape
    each = may_attend.squeeze(1)[:, None].expand(n_sentences, n_heads, n_queries, n_keys)
    return may_attend, ~each.flatten(0, 1)
