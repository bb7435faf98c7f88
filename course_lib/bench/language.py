"""The part of `course bench` that times language models, each way in a process of its own."""

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import click

TOKENS = 1_000_000
ORDER = 5


def bench_ngrams(rounds: int = 1) -> None:
    """Print how long Kneser-Ney of order 5 takes on 1 M tokens, and how much memory, to count too.

    The pair: counting all n-grams up to order 5 with a dict of tuples, and with our arrays. Each
    way runs in a fresh process, so that its peak of memory is its own.
    """
    dicts, ours = zip(
        *((_measure("dicts"), _measure("arrays")) for _ in range(rounds)), strict=True
    )
    for name, key, unit in (("counting", "count", "s"), ("peak memory", "mib", "MiB")):
        shown = [median(run[key] for run in runs) for runs in (dicts, ours)]
        ratio = median(a[key] / b[key] for a, b in zip(dicts, ours, strict=True))
        title = f"n-grams, {name}: dict of tuples / arrays"
        click.echo(
            f"{title:44}{shown[0]:>9,.1f} {unit:<3}{shown[1]:>8,.1f} {unit:<3}{ratio:>8,.1f}x"
        )
    seconds = median(run["fit"] + run["evaluate"] for run in ours)
    click.echo(f"Kneser-Ney {ORDER}, {TOKENS:,} tokens, fit and evaluation: {seconds:.1f} s")


def _measure(way: str) -> dict[str, float]:
    command = [sys.executable, "-m", "course_lib.bench.language", way]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def _run(way: str) -> dict[str, float]:
    """Do one way in this process; return seconds, and the peak of memory in MiB."""
    from course_lib.data.running_text import load_docs_text
    from course_lib.embeddings.ngram_counts import NgramCounts
    from course_lib.embeddings.ngram_lm import KneserNey
    from course_lib.text.ngrams import ngram_counts

    text = load_docs_text(progress=False)
    train, taken = [], 0
    for sentence in text.train:
        if taken >= TOKENS:
            break
        train.append(sentence)
        taken += len(sentence) + 1
    words = {word for sentence in train for word in sentence}
    test = [sentence for sentence in text.test if words.issuperset(sentence)]
    start = time.perf_counter()
    if way == "dicts":
        tables = [ngram_counts(train, n) for n in range(1, ORDER + 1)]
        found = {"count": time.perf_counter() - start, "n_ngrams": sum(map(len, tables))}
    else:
        counts = NgramCounts(train, ORDER)
        counted = time.perf_counter()
        model = KneserNey(ORDER).fit_counts(counts)
        fitted = time.perf_counter()
        model.perplexity(test)
        found = {
            "count": counted - start,
            "fit": fitted - start,
            "evaluate": time.perf_counter() - fitted,
        }
    found["mib"] = _peak_mib()
    return found


def _peak_mib() -> float:
    """Return this process's peak of resident memory, in MiB."""
    # subtle: ru_maxrss outlives exec, so a child of a large process would report its parent's peak
    status = Path("/proc/self/status")
    if status.exists():
        line = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(_run(sys.argv[1])))
