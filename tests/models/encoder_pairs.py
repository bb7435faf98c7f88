"""One text encoder of ours beside transformers', and what is asked of both.

Each axis has a size of its own: B = 3 texts, T = 11 places, V = 29 words, D = 12, 3 heads, 5 kinds.
"""

from pathlib import Path
from typing import Any

import torch
import transformers
from torch import Tensor
from torch.testing import assert_close

import course_lib.vision.torchvision  # noqa: F401  (transformers would import a broken one)
from course_lib.models import bert, distilbert
from tests.models.hub_files import saved

V, B, T, H = 29, 3, 11, 3
SIZES = {
    "Bert": {
        "vocab_size": V,
        "hidden_size": 12,
        "num_hidden_layers": 2,
        "num_attention_heads": H,
        "intermediate_size": 17,
        "max_position_embeddings": 23,
        "type_vocab_size": 5,
    },
    "DistilBert": {
        "vocab_size": V,
        "dim": 12,
        "n_layers": 2,
        "n_heads": H,
        "hidden_dim": 17,
        "max_position_embeddings": 23,
    },
}
GENERATOR = torch.Generator().manual_seed(1)
IDS = torch.randint(V, (B, T), generator=GENERATOR)  # the padding's id is among them
TYPES = torch.randint(5, (B, T), generator=GENERATOR)
PLACES = torch.randint(23, (B, T), generator=GENERATOR)
MASK = torch.ones(B, T, dtype=torch.long)
MASK[0, 7:] = 0
MASK[2] = 0  # a row without any word
WORDS = torch.where(torch.rand(B, T, generator=GENERATOR) < 0.3, IDS, -100)
ASKED: dict[str, dict[str, Tensor]] = {
    "Model": {},
    "ForPreTraining": {"labels": WORDS, "next_sentence_label": torch.tensor([0, 1, 1])},
    "ForMaskedLM": {"labels": WORDS},
    "ForSequenceClassification": {"labels": torch.tensor([1, 0, 1])},
    "ForTokenClassification": {"labels": WORDS.clamp(max=1)},
    "ForQuestionAnswering": {
        "start_positions": torch.tensor([3, 0, 30]),
        "end_positions": torch.tensor([4, 0, 31]),
    },
}
TENSORS = (
    "last_hidden_state",
    "pooler_output",
    "logits",
    "prediction_logits",
    "seq_relationship_logits",
    "start_logits",
    "end_logits",
)


def asked_of(name: str) -> dict[str, Tensor]:
    """Return the labels that a model of this architecture takes."""
    return ASKED[name.removeprefix("Distil").removeprefix("Bert")]


def their_model(name: str, **options: Any) -> Any:
    """Return transformers' model of an architecture, all weights of some size."""
    torch.manual_seed(0)
    kind = "DistilBert" if name.startswith("Distil") else "Bert"
    config = getattr(transformers, f"{kind}Config")(**SIZES[kind] | options)
    theirs = getattr(transformers, name)(config).eval()
    for parameter in theirs.parameters():  # its biases are zeros and its norms ones
        torch.nn.init.normal_(parameter, std=0.3)
    return theirs


def pair(name: str, folder: Path, **options: Any) -> tuple[Any, Any]:
    """Return ours, read from theirs' folder, and theirs."""
    theirs = their_model(name, **options)
    module = distilbert if name.startswith("Distil") else bert
    return module.from_pretrained(saved(theirs, folder)), theirs


def same_outputs(a: Any, b: Any) -> tuple[Tensor, Tensor]:
    """Compare all tensors that theirs gives; return a number of each to go back from."""
    found = [name for name in TENSORS if getattr(b, name, None) is not None]
    assert found
    for name in found:
        assert_close(getattr(a, name), getattr(b, name))
    own, other = (sum(getattr(one, name).square().sum() for name in found) for one in (a, b))
    return own, other


def same_gradients(ours: Any, theirs: Any) -> None:
    """Compare the gradients of all parameters, by the names in the files."""
    own, other = dict(ours.named_parameters()), dict(theirs.named_parameters())
    for name, entry in ours.layout().entries.items():
        (mine,) = entry.own
        assert_close(own[mine].grad, other.pop(name).grad, msg=lambda s, name=name: f"{name}: {s}")
    assert not other
