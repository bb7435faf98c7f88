"""BERT without a question: the body, and what every model with a head on it shares.

Axes: B batch, T places, D d_model.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from jaxtyping import Int
from torch import Tensor, nn

from course_lib.models import published
from course_lib.models.bert_config import WITH_POOLER, BertConfig, layout
from course_lib.models.outputs import EncoderOutput
from course_lib.models.text_encoder import TextEncoder, draw_weights


class Bert(TextEncoder):
    """Give each word a vector that knows the words on both sides, and one to the whole text.

    pooler: whether a layer on the first place, [CLS], makes the text's vector.

    Paper: Devlin et al., 2019, arXiv:1810.04805, section 3.
    Differs from the paper: attention weights are not dropped in training. The pooler stands in its
    code alone.
    Raises: ValueError where sizes do not fit.
    """

    architecture: ClassVar[str] = "BertModel"
    config: BertConfig

    def __init__(self, config: BertConfig, pooler: bool = True) -> None:
        super().__init__(config)
        self.token_types = nn.Embedding(config.n_token_types, config.d_model)
        self.pooler = nn.Linear(config.d_model, config.d_model) if pooler else None
        draw_weights(self)

    def forward(
        self,
        input_ids: Int[Tensor, "B T"],
        attention_mask: Tensor | None = None,
        token_type_ids: Int[Tensor, "#B T"] | None = None,
        position_ids: Int[Tensor, "#B T"] | None = None,
        output_hidden_states: bool = False,
        output_attentions: bool = False,
    ) -> EncoderOutput:
        """Return last_hidden_state (B, T, D), and pooler_output (B, D) where there is a pooler.

        attention_mask: (B, T), 0 where there is no word; or as `TextEncoder.encode` takes it.
        token_type_ids: 0 unless given. position_ids: 0, 1, 2, … unless given.

        Raises: ValueError for more places than have positions.
        """
        places = self.places(input_ids.shape[1], position_ids)
        if token_type_ids is None:
            places = places + self.token_types.weight[0]
        else:
            places = places + self.token_types(token_type_ids)
        x = self.embedding(input_ids) + places
        found = self.encode(x, attention_mask, output_hidden_states, output_attentions)
        if self.pooler is not None:
            found.pooler_output = self.pooler(found.last_hidden_state[:, 0]).tanh()
        return found

    def layout(self) -> published.Layout:
        """Return under which names files hold the parameters."""
        return layout(self.config, self.architecture, self.pooler is not None)

    def save_pretrained(self, folder: Path | str) -> None:
        """Write config.json and model.safetensors as transformers does."""
        _save(self, folder)


class BertWithHead(nn.Module):
    """A body, `bert`, on which a subclass puts its head."""

    architecture: ClassVar[str]

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.config = config
        self.bert = Bert(config, pooler=self.architecture in WITH_POOLER)

    @classmethod
    def from_body(cls, body: Bert, n_labels: int = 2, **changes: Any) -> Any:
        """Return a model with a copy of this body's weights and a new head, to be fine-tuned.

        A pooler that the body lacks is new as well. changes: other entries of the config, such as
        problem_type, label_names or dropout.
        """
        labels = {"n_labels": n_labels, "label_names": None, "problem_type": None}
        model = cls(replace(body.config, **labels | changes)).to(body.embedding.weight)
        own = model.bert.state_dict()
        model.bert.load_state_dict(own | {k: v for k, v in body.state_dict().items() if k in own})
        return model.train(body.training)

    def layout(self) -> published.Layout:
        """Return under which names files hold the parameters."""
        return layout(self.config, self.architecture, self.bert.pooler is not None)

    def save_pretrained(self, folder: Path | str) -> None:
        """Write config.json and model.safetensors as transformers does."""
        _save(self, folder)


def _save(model: Bert | BertWithHead, folder: Path | str) -> None:
    published.save(model, folder, model.layout(), model.config.to_published(model.architecture))
