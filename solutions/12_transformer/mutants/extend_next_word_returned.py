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

# %% nbgrader={"grade": false, "grade_id": "extend", "locked": false, "schema_version": 3, "solution": true, "task": false}
def extend(
    log_probs: torch.Tensor, next_log_probs: torch.Tensor, n_best: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    totals = (log_probs[:, None] + next_log_probs).flatten()  # (N · V,)
    best = totals.topk(min(n_best, len(totals)))
    is_possible = best.values > -math.inf
    found = best.indices[is_possible]
    n_words = next_log_probs.shape[1]
    return found // n_words, found % n_words, next_log_probs.flatten()[found]
