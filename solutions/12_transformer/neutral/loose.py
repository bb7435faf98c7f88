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

# %% nbgrader={"grade": false, "grade_id": "decoder_layer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def decoder_layer(
    x: torch.Tensor,
    memory: torch.Tensor,
    weights: dict,
    may_attend: torch.Tensor | None = None,
    memory_may_attend: torch.Tensor | None = None,
) -> torch.Tensor:
    part = weights["self_attention"]
    keys, values = keys_and_values(x, part)
    x = norm(2 * x + attend(x, keys, values, part, may_attend), weights["self_attention_norm"])
    part = weights["cross_attention"]
    keys, values = keys_and_values(memory, part)
    x = norm(x + attend(x, keys, values, part, memory_may_attend), weights["cross_attention_norm"])
    return norm(x + feed_forward(x, weights["feed_forward"]), weights["feed_forward_norm"])

# %% nbgrader={"grade": false, "grade_id": "decode_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def decode_step(
    new_ids: torch.Tensor, memory: torch.Tensor, weights: dict, cache: dict | None = None
) -> tuple[torch.Tensor, dict]:
    n_before, n_new = 0 if cache is None else cache["keys"].shape[2], new_ids.shape[1]
    x = weights["table"][new_ids] + weights["positions"][n_before : n_before + n_new]
    part = weights["self_attention"]
    keys, values = keys_and_values(x, part)
    if cache is not None:
        keys = torch.cat([cache["keys"], keys], dim=2)
        values = torch.cat([cache["values"], values], dim=2)
    may_attend = torch.ones(n_new, n_before + n_new, dtype=torch.bool).tril(n_before)
    x = norm(2 * x + attend(x, keys, values, part, may_attend), weights["self_attention_norm"])
    part = weights["cross_attention"]
    x = norm(x + attend(x, *keys_and_values(memory, part), part), weights["cross_attention_norm"])
    x = norm(x + feed_forward(x, weights["feed_forward"]), weights["feed_forward_norm"])
    return x, {"keys": keys, "values": values}

# %% nbgrader={"grade": false, "grade_id": "smoothed_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def smoothed_loss(
    logits: torch.Tensor, targets: torch.Tensor, smoothing: float, pad_id: int | None = None
) -> torch.Tensor:
    log_probs = torch.log_softmax(logits, dim=-1)
    right = log_probs.gather(-1, targets[..., None])[..., 0]
    losses = -(1 - smoothing) * right - smoothing**3 * log_probs.mean(dim=-1)
    is_real = torch.ones_like(targets, dtype=torch.bool) if pad_id is None else targets != pad_id
    return losses[is_real].sum() / is_real.sum().clamp(min=1)

# %% nbgrader={"grade": false, "grade_id": "rate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rate(step: int, d_model: int, warmup: int) -> float:
    return d_model**-0.5 * min(step**-0.4, step * warmup**-1.4)

# %% nbgrader={"grade": false, "grade_id": "greedy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def greedy(step: Callable, prefix: torch.Tensor, eos_id: int, max_new_tokens: int) -> torch.Tensor:
    ids = prefix
    for _ in range(max_new_tokens):
        word = step(ids[None])[0].argmax()
        ids = torch.cat([ids, word[None]])
        if word <= 1:
            break
    return ids

# %% nbgrader={"grade": false, "grade_id": "extend", "locked": false, "schema_version": 3, "solution": true, "task": false}
def extend(
    log_probs: torch.Tensor, next_log_probs: torch.Tensor, n_best: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    totals = (log_probs[:, None] + next_log_probs).flatten()  # (N · V,)
    best = totals.topk(min(n_best, len(totals)))
    is_possible = best.values > -math.inf
    found = best.indices[is_possible]
    n_words = next_log_probs.shape[1]
    return found // n_words, (found + 1) % n_words, best.values[is_possible]

# %% nbgrader={"grade": false, "grade_id": "beam_search", "locked": false, "schema_version": 3, "solution": true, "task": false}
def beam_search(
    step: Callable,
    prefix: torch.Tensor,
    eos_id: int,
    beam_size: int,
    max_new_tokens: int,
    length_penalty: float = 0.6,
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
        rows, words, totals = best_of(log_probs[:, None] + 1.5 * step(ids), 2 * beam_size)
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

# %% nbgrader={"grade": false, "grade_id": "alignment", "locked": false, "schema_version": 3, "solution": true, "task": false}
def alignment(shares: torch.Tensor, source: list[str], target: list[str]) -> list[tuple[str, str]]:
    looked_at = shares.amin(dim=0).argmax(dim=-1)
    return [(word, source[place]) for word, place in zip(target[1:], looked_at.tolist())]
