"""`course bench --published`: ours and transformers' models on the same weights, in turns.

Each pair reads one folder of files. transformers computes in its default attention; it is needed
here alone (extra `dev`).
"""

import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import click
import torch

from course_lib.bench.pairs import print_pair
from course_lib.models import bert, gpt, llama, t5

Call = Callable[[], Any]
B, T = 4, 128
NEW = 128  # tokens that are generated
SMALL: dict[str, dict[str, Any]] = {
    "GPT2": {"vocab_size": 4_000, "n_embd": 128, "n_layer": 4, "n_head": 4},
    "Bert": {
        "vocab_size": 4_000,
        "hidden_size": 128,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "intermediate_size": 512,
    },
    "T5": {"vocab_size": 4_000, "d_model": 128, "d_kv": 32, "d_ff": 512, "num_layers": 4,
           "num_heads": 4},
}  # fmt: skip
SIZES = {"small": SMALL, "base": {"GPT2": {}, "Bert": {}, "T5": {}}}
PLAIN = {
    "GPT2": {"attn_pdrop": 0.0, "embd_pdrop": 0.0, "resid_pdrop": 0.0},
    "Bert": {"attention_probs_dropout_prob": 0.0, "hidden_dropout_prob": 0.0},
    "T5": {"dropout_rate": 0.0, "decoder_start_token_id": 0},
}
HEADS = {"GPT2": "LMHeadModel", "Bert": "ForPreTraining", "T5": "ForConditionalGeneration"}
READERS: dict[str, Callable[[str], Any]] = {
    "GPT2": gpt.from_pretrained,
    "Bert": bert.from_pretrained,
    "T5": t5.from_pretrained,
}


def both(family: str, size: str) -> tuple[Any, Any]:
    """Return ours and transformers' with the same random weights, without dropout."""
    from course_lib.vision.torchvision import torchvision  # noqa: F401  before transformers

    import transformers  # isort: skip

    torch.manual_seed(0)
    config = getattr(transformers, f"{family}Config")(**SIZES[size][family] | PLAIN[family])
    theirs = getattr(transformers, f"{family}{HEADS[family]}")(config)
    with tempfile.TemporaryDirectory() as folder:
        theirs.save_pretrained(folder)
        return READERS[family](folder), theirs


def inputs(family: str, vocab_size: int) -> dict[str, Any]:
    """Return what both models take, labels with them."""
    ids = torch.randint(2, vocab_size, (B, T))
    extra = {"next_sentence_label": torch.zeros(B, dtype=torch.long)} if family == "Bert" else {}
    return {"input_ids": ids, "labels": ids} | extra


def steps(family: str, size: str) -> Iterator[tuple[str, Call, Call]]:
    """Give forward and training step."""
    models = both(family, size)
    given = inputs(family, models[1].config.vocab_size)

    def forward(model: Any) -> Call:
        def run() -> None:
            with torch.no_grad():
                model.eval()(**given)

        return run

    def step(model: Any) -> Call:
        def run() -> None:
            model.train().zero_grad()
            model(**given).loss.backward()

        return run

    for name, kind in {"forward": forward, "step": step}.items():
        ours, theirs = (kind(model) for model in models)
        yield f"{family}, {size}, ({B}, {T}), {name}", ours, theirs


def generation() -> Iterator[tuple[str, Call, Call]]:
    """Give greedy generation with a cache: GPT-2's sizes, and SmolLM2's."""
    from course_lib.models.llama_config import LlamaConfig

    import transformers  # isort: skip

    torch.manual_seed(0)
    pairs = {"GPT2, base": both("GPT2", "base")}
    ours = llama.Llama(LlamaConfig()).eval()
    with tempfile.TemporaryDirectory() as folder:
        ours.save_pretrained(folder)
        theirs = transformers.LlamaForCausalLM.from_pretrained(folder)
    pairs["SmolLM2's sizes"] = ours, theirs
    for name, (ours, theirs) in pairs.items():
        prompt = torch.randint(ours.config.vocab_size, (1, 8))
        theirs.eval().generation_config.update(eos_token_id=None, pad_token_id=0)
        given = {
            "attention_mask": torch.ones_like(prompt),
            "max_new_tokens": NEW,
            "do_sample": False,
        }

        def own(model: Any = ours, prompt: Any = prompt) -> Any:
            return model.generate(prompt, NEW, 0.0)

        def other(model: Any = theirs, prompt: Any = prompt, given: Any = given) -> Any:
            return model.generate(prompt, **given)

        yield f"{name}, {NEW} tokens generated", own, other


def bench_published(rounds: int) -> None:
    """Print milliseconds of ours and transformers', and their ratio: below 1 ours is faster."""
    click.echo(f"{'ours / transformers':50}{'ours':>12}{'other':>12}{'ratio':>9}")
    for size in SIZES:
        for family in READERS:
            for pair in steps(family, size):
                print_pair(*pair, rounds if size == "small" else max(1, rounds // 5))
    for pair in generation():
        print_pair(*pair, max(1, rounds // 5))
