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

# %% nbgrader={"grade": false, "grade_id": "concat_pool", "locked": false, "schema_version": 3, "solution": true, "task": false}
def concat_pool(outputs, lengths):
    n_texts, n_tokens, d_model = outputs.shape
    own = torch.arange(n_tokens).expand(n_texts, -1) < lengths.view(-1, 1)
    place = (lengths - 1).view(-1, 1, 1).expand(-1, 1, d_model)
    last = outputs.gather(1, place).squeeze(1)
    highest = torch.where(own[..., None], outputs, torch.tensor(-torch.inf)).max(dim=1)[0]
    mean = torch.einsum("btd,bt->bd", torch.where(own[..., None], outputs, 0.0), own.float())
    return torch.hstack((last, highest, mean / lengths.view(-1, 1)))
