"""A trained Transformer with its vocabulary: texts in, texts out, and who looked at whom."""

import torch
from jaxtyping import Float
from torch import Tensor

from course_lib.data.sentence_pairs import Codec, padded
from course_lib.layers.modes import evaluating
from course_lib.models.decoding import beam_search, greedy_batch
from course_lib.models.translation import Transformer

BEAM, LENGTH_PENALTY = 4, 0.6  # Vaswani et al., 2017, section 6.1
MAX_NEW = 80  # pieces of a translation


class Translator:
    """Translate texts with a model and the codec that it was trained with."""

    def __init__(self, model: Transformer, codec: Codec) -> None:
        self.model, self.codec = model, codec

    def translate(
        self, texts: list[str], beam_size: int = 1, batch_size: int = 64, max_new: int = MAX_NEW
    ) -> list[str]:
        """Return a translation of each text: by greedy search in batches, or by beam search."""
        sources = [self.codec.source_ids(text) for text in texts]
        with evaluating(self.model):
            if beam_size > 1:
                return [self._best(ids, beam_size, max_new) for ids in sources]
            found: list[str] = [""] * len(texts)
            order = sorted(range(len(texts)), key=lambda i: len(sources[i]))
            for start in range(0, len(order), batch_size):
                places = order[start : start + batch_size]
                step = self.model.decoder(padded([sources[i] for i in places], self.codec.pad_id))
                begin = torch.full((len(places), 1), self.codec.begin_id)
                rows = greedy_batch(step, begin, self.codec.end_id, max_new)
                for i, ids in zip(places, rows, strict=True):
                    found[i] = self.codec.text(ids.tolist())
        return found

    def _best(self, source_ids: list[int], beam_size: int, max_new: int) -> str:
        step, begin = self.model.decoder(torch.tensor([source_ids])), [self.codec.begin_id]
        texts = beam_search(
            step, torch.tensor(begin), self.codec.end_id, beam_size, max_new, LENGTH_PENALTY
        )
        return self.codec.text(texts[0][0].tolist())

    def looks(
        self, source: str, target: str
    ) -> tuple[list[str], list[str], list[Float[Tensor, "H T S"]]]:
        """Return the pieces of both texts, and each layer's cross-attention between them.

        The row of a piece of the target is that of the place which predicts it.
        """
        source_ids, target_ids = self.codec.source_ids(source), self.codec.target_ids(target)
        rows = torch.tensor([source_ids]), torch.tensor([target_ids[:-1]])
        with evaluating(self.model):
            weights = self.model.cross_attention(*rows)
        decode = self.codec.tokenizer.decode
        pieces = [[decode([i]) for i in ids] for ids in (source_ids, target_ids[1:])]
        return pieces[0], pieces[1], [layer[0] for layer in weights]
