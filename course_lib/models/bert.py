"""BERT: blocks of chapter 9 that see the whole text, pre-trained on gaps, then asked anything.

The body is in `bert_body`; here stand the heads on it, and how published folders are read. What
each forward takes beside its labels, `Bert.forward` takes too.

Axes: B batch, T places, D d_model, V vocabulary, C classes.
"""

from pathlib import Path
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.models import published
from course_lib.models.bert_body import Bert, BertWithHead
from course_lib.models.bert_config import BertConfig
from course_lib.models.label_losses import label_loss, span_loss, word_loss
from course_lib.models.masked_word_head import MaskedWordHead
from course_lib.models.outputs import (
    LabelOutput,
    LanguageModelOutput,
    PreTrainingOutput,
    SpanOutput,
)
from course_lib.models.text_encoder import draw_weights


class BertForPreTraining(BertWithHead):
    """Guess masked words, and whether the second text follows the first.

    Paper: Devlin et al., 2019, arXiv:1810.04805, section 3.1. Words that are guessed share their
    table with words that are read.
    """

    architecture = "BertForPreTraining"

    def __init__(self, config: BertConfig) -> None:
        super().__init__(config)
        self.word_head = MaskedWordHead(config)
        self.next_sentence = nn.Linear(config.d_model, 2)
        draw_weights(self.word_head, self.next_sentence)

    def forward(
        self,
        input_ids: Int[Tensor, "B T"],
        attention_mask: Tensor | None = None,
        token_type_ids: Int[Tensor, "#B T"] | None = None,
        *,
        labels: Int[Tensor, "B T"] | None = None,
        next_sentence_label: Tensor | None = None,
        **options: Any,
    ) -> PreTrainingOutput:
        """Return logits of both answers; the loss, where both labels are given, is their sum.

        labels: the words at masked places, −100 elsewhere. next_sentence_label: (B,), 0 where the
        second text follows the first, 1 where it is another.
        """
        found = self.bert(input_ids, attention_mask, token_type_ids, **options)
        hidden, table = found.last_hidden_state, self.bert.embedding.weight
        words = self.word_head(hidden, table)
        follows = self.next_sentence(found.pooler_output)
        loss = None
        if labels is not None and next_sentence_label is not None:
            of_words = self.word_head.loss(hidden, table, words, labels)
            loss = of_words + F.cross_entropy(follows, next_sentence_label.flatten())
        return PreTrainingOutput(words, follows, loss, found.hidden_states, found.attentions)


class BertForMaskedLM(BertWithHead):
    """Guess masked words and nothing else, as RoBERTa does.

    Paper: Liu et al., 2019, arXiv:1907.11692, section 4.2.
    """

    architecture = "BertForMaskedLM"

    def __init__(self, config: BertConfig) -> None:
        super().__init__(config)
        self.word_head = MaskedWordHead(config)
        draw_weights(self.word_head)

    def forward(
        self,
        input_ids: Int[Tensor, "B T"],
        attention_mask: Tensor | None = None,
        token_type_ids: Int[Tensor, "#B T"] | None = None,
        *,
        labels: Int[Tensor, "B T"] | None = None,
        **options: Any,
    ) -> LanguageModelOutput:
        """Return logits of the word at each place. labels: −100 where none is asked for."""
        found = self.bert(input_ids, attention_mask, token_type_ids, **options)
        hidden, table = found.last_hidden_state, self.bert.embedding.weight
        logits, loss = self.word_head(hidden, table), None
        if labels is not None:
            loss = self.word_head.loss(hidden, table, logits, labels)
        return LanguageModelOutput(logits, loss, found.hidden_states, found.attentions)


class BertForSequenceClassification(BertWithHead):
    """Name the class of a text or of a pair, or give a number, from the text's vector.

    Paper: Devlin et al., 2019, arXiv:1810.04805, section 4.1.
    """

    architecture = "BertForSequenceClassification"

    def __init__(self, config: BertConfig) -> None:
        super().__init__(config)
        self.classifier = nn.Linear(config.d_model, config.n_labels)
        draw_weights(self.classifier)

    def forward(
        self,
        input_ids: Int[Tensor, "B T"],
        attention_mask: Tensor | None = None,
        token_type_ids: Int[Tensor, "#B T"] | None = None,
        *,
        labels: Tensor | None = None,
        **options: Any,
    ) -> LabelOutput:
        """Return logits (B, C), or numbers (B, C); labels as in `label_losses.label_loss`."""
        found = self.bert(input_ids, attention_mask, token_type_ids, **options)
        pooled = F.dropout(found.pooler_output, self.config.head_dropout, self.training)
        logits, loss = self.classifier(pooled), None
        if labels is not None:
            loss = label_loss(logits, labels, self.config.problem_type)
        return LabelOutput(logits, loss, found.hidden_states, found.attentions)


class BertForTokenClassification(BertWithHead):
    """Name the class of each word, such as the kind of name that it belongs to.

    Paper: Devlin et al., 2019, arXiv:1810.04805, section 5.3.
    """

    architecture = "BertForTokenClassification"

    def __init__(self, config: BertConfig) -> None:
        super().__init__(config)
        self.classifier = nn.Linear(config.d_model, config.n_labels)
        draw_weights(self.classifier)

    def forward(
        self,
        input_ids: Int[Tensor, "B T"],
        attention_mask: Tensor | None = None,
        token_type_ids: Int[Tensor, "#B T"] | None = None,
        *,
        labels: Int[Tensor, "B T"] | None = None,
        **options: Any,
    ) -> LabelOutput:
        """Return logits (B, T, C). labels: −100 where a piece has none, behind a word's first."""
        found = self.bert(input_ids, attention_mask, token_type_ids, **options)
        hidden = F.dropout(found.last_hidden_state, self.config.head_dropout, self.training)
        logits = self.classifier(hidden)
        loss = None if labels is None else word_loss(logits, labels)
        return LabelOutput(logits, loss, found.hidden_states, found.attentions)


class BertForQuestionAnswering(BertWithHead):
    """Find where in a passage the answer stands: a score for each place as start, and as end.

    Paper: Devlin et al., 2019, arXiv:1810.04805, section 4.2.
    """

    architecture = "BertForQuestionAnswering"

    def __init__(self, config: BertConfig) -> None:
        super().__init__(config)
        self.span_proj = nn.Linear(config.d_model, 2)
        draw_weights(self.span_proj)

    def forward(
        self,
        input_ids: Int[Tensor, "B T"],
        attention_mask: Tensor | None = None,
        token_type_ids: Int[Tensor, "#B T"] | None = None,
        *,
        start_positions: Tensor | None = None,
        end_positions: Tensor | None = None,
        **options: Any,
    ) -> SpanOutput:
        """Return both scores (B, T); start_positions and end_positions as `span_loss` takes them.

        The loss is there where both are given.
        """
        found = self.bert(input_ids, attention_mask, token_type_ids, **options)
        start, end = self.span_proj(found.last_hidden_state).unbind(dim=-1)
        loss = None
        if start_positions is not None and end_positions is not None:
            loss = span_loss(start, end, start_positions, end_positions)
        return SpanOutput(start, end, loss, found.hidden_states, found.attentions)


MODELS: dict[str, type[Bert | BertWithHead]] = {
    model.architecture: model
    for model in (
        Bert,
        BertForPreTraining,
        BertForMaskedLM,
        BertForSequenceClassification,
        BertForTokenClassification,
        BertForQuestionAnswering,
    )
}


def from_pretrained(folder: Path | str) -> Any:
    """Read a folder of BERT's files; the model is one of MODELS, and comes in eval mode.

    A body whose files have no pooler has none.

    Raises: CourseError where files are missing or do not fit; CorruptFileError for broken ones.
    """
    found = published.read_config(folder)
    name = published.architecture(found, tuple(MODELS))
    config = BertConfig.from_published(found)
    with torch.device("meta"):  # no memory is filled before the weights are there
        if name == Bert.architecture:
            model = Bert(config, published.holds(folder, "pooler.dense.weight", "bert."))
        else:
            model = MODELS[name](config)
    published.load(model, folder, model.layout())
    return model.eval()


def n_parameters(name: str) -> int:
    """Return how many weights the body of a published size has, with its pooler.

    name: bert-base or bert-large, uncased: 109.5 and 335.1 million, of which the paper makes 110
    and 340.

    Raises: UnknownNameError for another name.
    """
    with torch.device("meta"):  # shapes alone
        return sum(p.numel() for p in Bert(BertConfig.named(name)).parameters())
