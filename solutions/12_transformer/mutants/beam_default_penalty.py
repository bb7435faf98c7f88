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

# %% nbgrader={"grade": false, "grade_id": "beam_search", "locked": false, "schema_version": 3, "solution": true, "task": false}
def beam_search(
    step: Callable,
    prefix: torch.Tensor,
    eos_id: int,
    beam_size: int,
    max_new_tokens: int,
    length_penalty: float = 1.0,
    reorder: Callable | None = None,
) -> list[tuple[torch.Tensor, float]]:
    def score(log_prob, n):
        return log_prob / ((5 + n) / 6) ** length_penalty

    def best_of(table, n_best):  # what extend does
        totals = table.flatten()
        best = totals.topk(min(n_best, len(totals)))
        found = best.indices[best.values > -math.inf]
        return found // table.shape[1], found % table.shape[1], totals[found]

    done, ids, log_probs = [], prefix[None], torch.zeros(1)
    for n in range(1, max_new_tokens + 1):
        rows, words, totals = best_of(log_probs[:, None] + step(ids), 2 * beam_size)
        longer = torch.cat([ids[rows], words[:, None]], dim=1)
        is_end = words == eos_id
        done += [(longer[i], score(totals[i].item(), n)) for i in is_end.nonzero()[:, 0]]
        done = sorted(done, key=lambda pair: -pair[1])[:beam_size]
        kept = (~is_end).nonzero()[:beam_size, 0]
        ids, log_probs, rows = longer[kept], totals[kept], rows[kept]
        if n == max_new_tokens:
            done += [(ids[i], score(log_probs[i].item(), n)) for i in range(len(ids))]
        if n == max_new_tokens or not len(ids):
            break
        highest = score(log_probs[0].item(), max_new_tokens)
        if len(done) == beam_size and done[-1][1] >= highest:
            break
        if reorder is not None:
            reorder(rows)
    return sorted(done, key=lambda pair: -pair[1])[:beam_size]
