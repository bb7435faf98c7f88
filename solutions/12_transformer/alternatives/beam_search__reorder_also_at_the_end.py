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
    alpha, new = length_penalty, 0
    rows_of_ids, log_probs = prefix.unsqueeze(0), prefix.new_zeros(1, dtype=torch.float32)
    finished = []
    while new < max_new_tokens and len(rows_of_ids):
        new += 1
        rows, words, totals = extend(log_probs, step(rows_of_ids), 2 * beam_size)
        rows_of_ids = torch.cat([rows_of_ids[rows], words.unsqueeze(1)], dim=1)
        for at in range(len(words)):
            if words[at] == eos_id:
                finished.append([rows_of_ids[at], totals[at].item() * (6 / (5 + new)) ** alpha])
        goes_on = words != eos_id
        rows_of_ids, log_probs, rows = (one[goes_on][:beam_size] for one in (rows_of_ids, totals, rows))
        if reorder and len(rows):
            reorder(rows)
    for text, total in zip(rows_of_ids, log_probs.tolist()):
        finished.append([text, total * (6 / (5 + new)) ** alpha])
    finished.sort(key=lambda pair: pair[1])
    return [tuple(pair) for pair in finished[::-1][:beam_size]]
