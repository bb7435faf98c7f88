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
    def divisor(n):
        return ((5 + n) / 6) ** length_penalty

    beam, finished = [(prefix.tolist(), 0.0)], []
    for n in range(1, max_new_tokens + 1):
        scores = step(torch.tensor([words for words, _ in beam])).tolist()
        candidates = [
            (total + more, row, word)
            for row, (_, total) in enumerate(beam)
            for word, more in enumerate(scores[row])
            if total + more > -math.inf
        ]
        candidates = sorted(candidates, key=lambda one: -one[0])[: 2 * beam_size]
        rows, following = [], []
        for total, row, word in candidates:
            text = [*beam[row][0], word]
            if word == eos_id:
                finished.append((torch.tensor(text), total / divisor(n)))
            elif len(following) < beam_size:
                following.append((text, total))
                rows.append(row)
        beam = following
        if not beam or n == max_new_tokens:
            break
        finished = sorted(finished, key=lambda pair: pair[1], reverse=True)[:beam_size]
        if len(finished) >= beam_size and finished[-1][1] >= beam[0][1] / divisor(max_new_tokens):
            beam = []
            break
        if reorder is not None:
            reorder(torch.tensor(rows))
    finished += [(torch.tensor(text), total / divisor(max_new_tokens)) for text, total in beam]
    return sorted(finished, key=lambda pair: pair[1], reverse=True)[:beam_size]
