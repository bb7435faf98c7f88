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

# %% nbgrader={"grade": false, "grade_id": "alignment", "locked": false, "schema_version": 3, "solution": true, "task": false}
def alignment(shares: torch.Tensor, source: list[str], target: list[str]) -> list[tuple[str, str]]:
    looked_at = shares.amax(dim=0).argmax(dim=-1)  # (T,)
    return [(word, source[place]) for word, place in zip(target[1:], looked_at.tolist())]
