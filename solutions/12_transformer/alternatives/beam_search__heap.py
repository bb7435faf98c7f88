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
def beam_search(step, prefix, eos_id, beam_size, max_new_tokens, length_penalty=0.6, reorder=None):
    import heapq

    texts, totals, done, rows = prefix.view(1, -1), torch.zeros(1, dtype=torch.float64), [], None
    for n in range(1, max_new_tokens + 1):
        if rows is not None and reorder is not None:
            reorder(rows)
        table = totals[:, None] + step(texts).double()
        values, places = table.flatten().sort(descending=True)
        values, places = values[: 2 * beam_size], places[: 2 * beam_size]
        values, places = values[values.isfinite()], places[values.isfinite()]
        rows, words = places // table.shape[1], places % table.shape[1]
        ends = words == eos_id
        for row, value in zip(rows[ends], values[ends]):
            score = value.item() / ((5 + n) / 6) ** length_penalty
            heapq.heappush(done, (score, n, row.item(), torch.cat([texts[row], torch.tensor([eos_id])])))
            done = heapq.nlargest(beam_size, done, key=lambda one: one[0])
            heapq.heapify(done)
        texts = torch.cat([texts.index_select(0, rows), words[:, None]], dim=1)[~ends][:beam_size]
        totals, rows = values[~ends][:beam_size], rows[~ends][:beam_size]
        if not len(rows):
            break
    else:
        done += [(t.item() / ((5 + n) / 6) ** length_penalty, n, -1, text) for t, text in zip(totals, texts)]
    best = sorted(done, key=lambda one: one[0], reverse=True)[:beam_size]
    return [(text, score) for score, *_, text in best]
