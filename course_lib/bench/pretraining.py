"""`course bench --pretraining`: a language model's training as a book writes it, and with means."""

from statistics import median

import click

SHOWN = {
    "plain": "plain",
    "blocks": "exact loss in blocks",
    "sample": "sampled softmax",
    "fast_lstm": "fast LSTM",
    "bfloat16": "bfloat16",
    "float32": "all in float32",
    "fast": "all that pay",
}


def bench_pretraining(rounds: int) -> None:
    """Print tokens per second of each way, and how many times plain training's they are.

    Each way is timed straight after the one before, round after round: by the clock, and by the
    processor's own time, in which other work on the machine does not count.
    """
    import torch

    from course_lib.recipes.pretrain.turns import TOKENS, TURNS, WAYS, one_round
    from course_lib.training.precision import chosen, gain

    click.echo(
        f"pre-training, torch's threads: {torch.get_num_threads()}; products in bfloat16 are "
        f"{gain('cpu'):.2f}x as fast as in float32, 'auto' is {chosen('auto')}"
    )
    for model, turn in TURNS.items():
        turn(WAYS["fast"])  # compiles
        found = [one_round(turn, WAYS) for _ in range(rounds)]
        for way, shown in SHOWN.items():
            cells = [f"{f'{model}, {shown}':36}"]
            for kind, unit in (("wall", "tokens/s"), ("core", "a core's s")):
                speed = TOKENS[model] / median(seconds[way][kind] for seconds in found)
                ratio = median(s["plain"][kind] / s[way][kind] for s in found)
                cells.append(f"{speed:>7,.0f} {unit}{ratio:>6.2f}x")
            click.echo("  ".join(cells))
