"""DistilBERT: BERT with half the layers, without token types and pooler, taught by BERT.

The losses that teach it are in `course_lib.transfer.distillation`. What each forward takes beside
its labels, `DistilBert.forward` takes too.

Axes: B batch, T places, D d_model, V vocabulary, C classes.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import torch
from jaxtyping import Int
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.models import published
from course_lib.models.bert_body import Bert
from course_lib.models.distilbert_config import DistilBertConfig, layout
from course_lib.models.label_losses import label_loss, span_loss
from course_lib.models.masked_word_head import MaskedWordHead
from course_lib.models.outputs import EncoderOutput, LabelOutput, LanguageModelOutput, SpanOutput
from course_lib.models.text_encoder import TextEncoder, draw_weights


class DistilBert(TextEncoder):
    """Give each word a vector that knows the words on both sides.

    Paper: Sanh et al., 2019, arXiv:1910.01108, section 3.
    Differs from the paper: in training, what attention adds is dropped, as in BERT, and attention
    weights are not; its code does the opposite.
    Raises: ValueError where sizes do not fit.
    """

    architecture: ClassVar[str] = "DistilBertModel"
    config: DistilBertConfig

    def __init__(self, config: DistilBertConfig) -> None:
        super().__init__(config)
        draw_weights(self)

    @classmethod
    def from_bert(cls, teacher: Bert, layers: Sequence[int]) -> "DistilBert":
        """Return a student that starts from these layers of its teacher, counted from 0.

        `distillation.layers_to_copy` picks them.

        Paper: Sanh et al., 2019, arXiv:1910.01108, section 3, "Student initialization".
        Differs from the paper: its code drops the vectors of token types; here the places take over
        that of the first, which a teacher adds to each word of a single text.
        """
        theirs = teacher.config
        sizes = ("vocab_size", "d_model", "n_heads", "d_ff", "max_len", "activation", "eps")
        shared = {name: getattr(theirs, name) for name in (*sizes, "dropout", "pad_id")}
        student = cls(DistilBertConfig(n_layers=len(layers), **shared)).to(teacher.embedding.weight)
        for name in ("embedding", "positions", "norm"):
            getattr(student, name).load_state_dict(getattr(teacher, name).state_dict())
        with torch.no_grad():
            student.positions.weight += teacher.token_types.weight[0]
        for own, i in zip(student.layers, layers, strict=True):
            own.load_state_dict(teacher.layers[i].state_dict())
        return student.train(teacher.training)

    def forward(
        self,
        input_ids: Int[Tensor, "B T"],
        attention_mask: Tensor | None = None,
        position_ids: Int[Tensor, "#B T"] | None = None,
        output_hidden_states: bool = False,
        output_attentions: bool = False,
    ) -> EncoderOutput:
        """Return last_hidden_state (B, T, D); there is no pooler.

        attention_mask: (B, T), 0 where there is no word; or as `TextEncoder.encode` takes it.
        position_ids: 0, 1, 2, … unless given.

        Raises: ValueError for more places than have positions.
        """
        x = self.embedding(input_ids) + self.places(input_ids.shape[1], position_ids)
        return self.encode(x, attention_mask, output_hidden_states, output_attentions)

    def layout(self) -> published.Layout:
        """Return under which names files hold the parameters."""
        return layout(self.config, self.architecture)

    def save_pretrained(self, folder: Path | str) -> None:
        """Write config.json and model.safetensors as transformers does."""
        _save(self, folder)


class DistilBertWithHead(nn.Module):
    """A body, `distilbert`, on which a subclass puts its head."""

    architecture: ClassVar[str]

    def __init__(self, config: DistilBertConfig) -> None:
        super().__init__()
        self.config = config
        self.distilbert = DistilBert(config)

    @classmethod
    def from_body(cls, body: DistilBert, n_labels: int = 2, **changes: Any) -> Any:
        """Return a model with a copy of this body's weights and a new head, to be trained.

        changes: other entries of the config, such as problem_type, label_names or dropout.
        """
        labels = {"n_labels": n_labels, "label_names": None, "problem_type": None}
        model = cls(replace(body.config, **labels | changes)).to(body.embedding.weight)
        model.distilbert.load_state_dict(body.state_dict())
        return model.train(body.training)

    def layout(self) -> published.Layout:
        """Return under which names files hold the parameters."""
        return layout(self.config, self.architecture)

    def save_pretrained(self, folder: Path | str) -> None:
        """Write config.json and model.safetensors as transformers does."""
        _save(self, folder)


class DistilBertForMaskedLM(DistilBertWithHead):
    """Guess masked words. A BERT's `word_head` fits: `load_state_dict` takes it over.

    Paper: Sanh et al., 2019, arXiv:1910.01108, section 2. Words that are guessed share their table
    with words that are read.
    """

    architecture = "DistilBertForMaskedLM"

    def __init__(self, config: DistilBertConfig) -> None:
        super().__init__(config)
        self.word_head = MaskedWordHead(config)
        draw_weights(self.word_head)

    def forward(
        self,
        input_ids: Int[Tensor, "B T"],
        attention_mask: Tensor | None = None,
        *,
        labels: Int[Tensor, "B T"] | None = None,
        **options: Any,
    ) -> LanguageModelOutput:
        """Return logits of the word at each place. labels: −100 where none is asked for."""
        found = self.distilbert(input_ids, attention_mask, **options)
        hidden, table = found.last_hidden_state, self.distilbert.embedding.weight
        logits, loss = self.word_head(hidden, table), None
        if labels is not None:
            loss = self.word_head.loss(hidden, table, logits, labels)
        return LanguageModelOutput(logits, loss, found.hidden_states, found.attentions)


class DistilBertForSequenceClassification(DistilBertWithHead):
    """Name the class of a text or of a pair, or give a number, from the first place, [CLS].

    Paper: Sanh et al., 2019, arXiv:1910.01108, section 4.
    """

    architecture = "DistilBertForSequenceClassification"

    def __init__(self, config: DistilBertConfig) -> None:
        super().__init__(config)
        self.hidden_proj = nn.Linear(config.d_model, config.d_model)
        self.classifier = nn.Linear(config.d_model, config.n_labels)
        draw_weights(self.hidden_proj, self.classifier)

    def forward(
        self,
        input_ids: Int[Tensor, "B T"],
        attention_mask: Tensor | None = None,
        *,
        labels: Tensor | None = None,
        **options: Any,
    ) -> LabelOutput:
        """Return logits (B, C), or numbers (B, C); labels as in `label_losses.label_loss`."""
        found = self.distilbert(input_ids, attention_mask, **options)
        pooled = F.relu(self.hidden_proj(found.last_hidden_state[:, 0]))
        pooled = F.dropout(pooled, self.config.head_dropout, self.training)
        logits, loss = self.classifier(pooled), None
        if labels is not None:
            loss = label_loss(logits, labels, self.config.problem_type)
        return LabelOutput(logits, loss, found.hidden_states, found.attentions)


class DistilBertForQuestionAnswering(DistilBertWithHead):
    """Find where in a passage the answer stands: a score for each place as start, and as end."""

    architecture = "DistilBertForQuestionAnswering"

    def __init__(self, config: DistilBertConfig) -> None:
        super().__init__(config)
        self.span_proj = nn.Linear(config.d_model, 2)
        draw_weights(self.span_proj)

    def forward(
        self,
        input_ids: Int[Tensor, "B T"],
        attention_mask: Tensor | None = None,
        *,
        start_positions: Tensor | None = None,
        end_positions: Tensor | None = None,
        **options: Any,
    ) -> SpanOutput:
        """Return both scores (B, T); start_positions and end_positions as `span_loss` takes them.

        The loss is there where both are given.
        """
        found = self.distilbert(input_ids, attention_mask, **options)
        hidden = F.dropout(found.last_hidden_state, self.config.span_dropout, self.training)
        start, end = self.span_proj(hidden).unbind(dim=-1)
        loss = None
        if start_positions is not None and end_positions is not None:
            loss = span_loss(start, end, start_positions, end_positions)
        return SpanOutput(start, end, loss, found.hidden_states, found.attentions)


MODELS: dict[str, type[DistilBert | DistilBertWithHead]] = {
    model.architecture: model
    for model in (
        DistilBertForMaskedLM,
        DistilBert,
        DistilBertForSequenceClassification,
        DistilBertForQuestionAnswering,
    )
}


def from_pretrained(folder: Path | str) -> Any:
    """Read a folder of DistilBERT's files; the model is one of MODELS, and comes in eval mode.

    Raises: CourseError where files are missing or do not fit; CorruptFileError for broken ones.
    """
    found = published.read_config(folder)
    name = published.architecture(found, tuple(MODELS))
    with torch.device("meta"):  # no memory is filled before the weights are there
        model = MODELS[name](DistilBertConfig.from_published(found))
    published.load(model, folder, model.layout())
    return model.eval()


def n_parameters(name: str) -> int:
    """Return how many weights the body of a published size has.

    name: distilbert-base: 66.4 million, of which the paper makes 66, in its table 3.

    Raises: UnknownNameError for another name.
    """
    with torch.device("meta"):  # shapes alone
        return sum(p.numel() for p in DistilBert(DistilBertConfig.named(name)).parameters())


def _save(model: DistilBert | DistilBertWithHead, folder: Path | str) -> None:
    published.save(model, folder, model.layout(), model.config.to_published(model.architecture))
