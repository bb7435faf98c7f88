"""Part of `course bench`: scoring as many predictions as SQuAD's development part has."""

import random
import time

import click

N_QUESTIONS = 10_570
WORDS = "the a an owl heron of river 1,000 grey bird, eats mice. in 1995 and “three” co-op".split()


def made_up(n_questions: int) -> tuple[list[dict], dict[str, str]]:
    """Return articles with three answers a question, and a prediction for each."""
    draw = random.Random(0)

    def text() -> str:
        return " ".join(draw.choices(WORDS, k=draw.randrange(1, 7)))

    qas = [
        {"id": str(n), "answers": [{"text": text()} for _ in range(3)]} for n in range(n_questions)
    ]
    articles = [{"title": "t", "paragraphs": [{"context": "", "qas": qas}]}]
    return articles, {qa["id"]: text() for qa in qas}


def bench_squad(rounds: int) -> None:
    """Print the seconds of version 1.1 and of version 2.0, the shortest of some rounds each."""
    from course_lib.metrics.squad import evaluate, evaluate_v2

    articles, predictions = made_up(N_QUESTIONS)
    sure = {key: draw for draw, key in enumerate(predictions)}
    ways = {
        "version 1.1": lambda: evaluate(articles, predictions),
        "version 2.0": lambda: evaluate_v2(articles, predictions, sure, na_prob_thresh=1e9),
    }
    for name, score in ways.items():
        seconds = []
        for _ in range(rounds):
            start = time.perf_counter()
            score()
            seconds.append(time.perf_counter() - start)
        shown = f"scoring {N_QUESTIONS:,} SQuAD predictions, {name}"
        click.echo(f"{shown:56}{min(seconds):>10.2f} s")
