"""ULMFiT's two networks: a language model, and the classifier that grows out of it.

Axes: B batch, T positions, V vocabulary, D width of the word vectors, C classes.
The three stages, trained by `course_lib.transfer.ulmfit_stages`:

1. a `LanguageModel` learns from general text;
2. `for_vocabulary` moves it to the words of the task, and it learns from the task's texts;
3. `TextClassifier.from_language_model` puts a head on its encoder, and labels train both.
"""

from copy import deepcopy
from dataclasses import replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from course_lib.layers.dropout import check_rate
from course_lib.models.awd_lstm import AwdLstm, AwdLstmConfig, AwdOutput, LayerState, detached
from course_lib.text.vocabulary import Vocabulary


class TiedDecoder(nn.Module):
    """Scores each word by the product of its own vector and what the network returned.

    Paper: Inan et al. 2017, arXiv:1611.01462; Press and Wolf 2017, arXiv:1608.05859.
    Differs from the paper: nothing. The table belongs to the encoder; only the bias is held here.
    """

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(vocab_size))

    def forward(
        self, x: Float[Tensor, "B T D"], table: Float[Tensor, "V D"]
    ) -> Float[Tensor, "B T V"]:
        """Return logits."""
        return x @ table.T + self.bias


class LanguageModel(nn.Module):
    """Predict the next token at every position: AWD-LSTM with tied weights.

    Paper: Merity et al. 2017, arXiv:1708.02182; stage 1 and 2 of Howard and Ruder 2018.
    Differs from the paper: nothing.
    """

    def __init__(self, config: AwdLstmConfig) -> None:
        super().__init__()
        self.encoder = AwdLstm(config)
        self.decoder = TiedDecoder(config.vocab_size)

    def forward(
        self, input_ids: Int[Tensor, "B T"], state: list[LayerState] | None = None
    ) -> tuple[Float[Tensor, "B T V"], AwdOutput]:
        """Return the logits of the next token, and the encoder's output with its state."""
        output = self.encoder(input_ids, state)
        return self.decoder(output.dropped, self.encoder.embedding.weight), output

    def layer_groups(self) -> dict[str, nn.Module]:
        """Return the parts that get a rate each, front to back.

        The table is the first layer and, being tied, the last one too; it stands last, with the
        decoder's bias. The paper leaves this open.
        """
        groups = {f"lstm_{i}": layer for i, layer in enumerate(self.encoder.layers, start=1)}
        return {**groups, "words": nn.ModuleList([self.encoder.embedding, self.decoder])}

    def for_vocabulary(self, old: Vocabulary, new: Vocabulary) -> "LanguageModel":
        """Return a copy that reads another vocabulary; words that both have keep their vector.

        Raises: ValueError when `old` is not as long as the model's table.
        """
        config = replace(self.encoder.config, vocab_size=len(new))
        model = LanguageModel(config)
        model.encoder.layers.load_state_dict(self.encoder.layers.state_dict())
        with torch.no_grad():
            model.encoder.embedding.weight.copy_(
                mapped_rows(self.encoder.embedding.weight, old, new)
            )
            model.decoder.bias.copy_(mapped_rows(self.decoder.bias[:, None], old, new)[:, 0])
        for ours, theirs in zip(model.modules(), self.modules(), strict=True):
            ours.training = theirs.training
        return model


def mapped_rows(
    table: Float[Tensor, "V D"], old: Vocabulary, new: Vocabulary
) -> Float[Tensor, "V_new D"]:
    """Return a table for the new vocabulary: the old row of a known word, the mean row of others.

    Raises: ValueError when `old` is not as long as the table.
    """
    if len(old) != len(table):
        raise ValueError(f"the old vocabulary has {len(old)} words, the table {len(table)} rows")
    rows = table.mean(dim=0).repeat(len(new), 1)
    known = [(i, old.ids[token]) for i, token in enumerate(new) if token in old]
    if known:
        to, source = torch.tensor(known, device=table.device).T
        rows[to] = table[source]
    return rows


def activation_penalty(output: AwdOutput, alpha: float = 2.0, beta: float = 1.0) -> Tensor:
    """Return what large and jumpy activations cost, in nats a token, to be added to the loss.

    Paper: Merity et al. 2017, section 4.5: α L2(m ⊙ h_t) (activation regularisation) and
    β L2(h_t − h_{t+1}) (temporal); α = 2 and β = 1 there.
    Differs from the paper: L2 is the mean of squares, as in the authors' code; a window of one
    position has no temporal part.
    """
    penalty = alpha * output.dropped.pow(2).mean()
    if output.raw.shape[1] > 1:
        penalty = penalty + beta * (output.raw[:, 1:] - output.raw[:, :-1]).pow(2).mean()
    return penalty


def concat_pool(
    outputs: Float[Tensor, "B T D"], is_token: Bool[Tensor, "B T"]
) -> Float[Tensor, "B three_D"]:
    """Return [h_T, maxpool(H), meanpool(H)] over the real tokens of each text.

    is_token: True where a token stands, False for padding; padding stands at the end.
    Paper: Howard and Ruder 2018, section 3.3.
    Differs from the paper: nothing.
    Raises: ValueError when a text has no token at all.
    """
    lengths = is_token.sum(dim=1)  # (B,)
    if (lengths == 0).any():
        raise ValueError("every text needs a token; received one of padding alone")
    rows = torch.arange(len(outputs), device=outputs.device)
    last = outputs[rows, lengths - 1]  # (B, D)
    here = is_token[..., None]
    highest = outputs.masked_fill(~here, -torch.inf).amax(dim=1)
    mean = outputs.masked_fill(~here, 0).sum(dim=1) / lengths[:, None]
    return torch.cat([last, highest, mean], dim=1)  # (B, 3 D)


class TextClassifier(nn.Module):
    """Read a text with the language model's encoder, pool all of it, and decide.

    Paper: Howard and Ruder 2018, arXiv:1801.06146, section 3.3: concat pooling, two blocks of batch
    normalisation, dropout and a linear layer, BPTT for text classification.
    Differs from the paper: windows have a fixed length, and which tokens give gradients is counted
    from each text's own end, so that a text is treated alike in every batch.
    Raises: ValueError when a size is below 1 or a rate is not in 0 .. 1 (1 excluded).
    """

    def __init__(
        self,
        config: AwdLstmConfig,
        n_classes: int,
        *,
        pad_id: int = 0,
        d_head: int = 50,
        head_drop: float = 0.1,
        window: int = 70,
        max_grad_steps: int = 1400,
    ) -> None:
        """Build the network.

        d_head: width between the two blocks of the head.
        window: gradients do not pass from one stretch of so many tokens to the one before it.
        max_grad_steps: outputs further from a text's end are pooled as constants, and the windows
        that hold nothing else keep no memory for the backward pass.
        """
        super().__init__()
        sizes = {"n_classes": n_classes, "d_head": d_head, "window": window}
        for name, size in {**sizes, "max_grad_steps": max_grad_steps}.items():
            if size < 1:
                raise ValueError(f"{name} must be 1 or more, received {size}")
        self.pad_id, self.window, self.max_grad_steps = pad_id, window, max_grad_steps
        self.encoder = AwdLstm(config)
        self.head = nn.Sequential(
            nn.BatchNorm1d(3 * config.d_model),
            nn.Dropout(check_rate("output_drop", config.output_drop)),
            nn.Linear(3 * config.d_model, d_head),
            nn.ReLU(),
            nn.BatchNorm1d(d_head),
            nn.Dropout(check_rate("head_drop", head_drop)),
            nn.Linear(d_head, n_classes),
        )

    @classmethod
    def from_language_model(
        cls, language_model: LanguageModel, n_classes: int, **settings
    ) -> "TextClassifier":
        """Return a classifier with a copy of the language model's encoder and a fresh head."""
        model = cls(language_model.encoder.config, n_classes, **settings)
        model.encoder = deepcopy(language_model.encoder)
        return model

    def layer_groups(self) -> dict[str, nn.Module]:
        """Return the parts that are unfrozen one after the other, front to back."""
        groups = {f"lstm_{i}": layer for i, layer in enumerate(self.encoder.layers, start=1)}
        return {"words": self.encoder.embedding, **groups, "head": self.head}

    def forward(self, input_ids: Int[Tensor, "B T"]) -> Float[Tensor, "B C"]:
        """Return logits; texts are padded at the end with `pad_id`.

        Raises: ValueError when a text has no token, or padding stands before one.
        """
        is_token = input_ids != self.pad_id
        if (is_token[:, 1:] & ~is_token[:, :-1]).any():
            raise ValueError("padding must stand at the end of a text; found a token behind it")
        return self.head(concat_pool(self.read(input_ids, is_token), is_token))

    def read(
        self, input_ids: Int[Tensor, "B T"], is_token: Bool[Tensor, "B T"]
    ) -> Float[Tensor, "B T D"]:
        """Return the encoder's outputs, window by window; early ones carry no gradient."""
        places = torch.arange(input_ids.shape[1], device=input_ids.device)
        lengths = is_token.sum(dim=1, keepdim=True)
        learns = (places >= lengths - self.max_grad_steps) & is_token  # (B, T)
        state, windows = None, []
        for start in range(0, input_ids.shape[1], self.window):
            part = slice(start, start + self.window)
            wanted = torch.is_grad_enabled() and bool(learns[:, part].any())
            with torch.set_grad_enabled(wanted):
                output = self.encoder(input_ids[:, part], state)
                state = detached(output.state)
            windows.append(
                torch.where(learns[:, part, None], output.raw, output.raw.detach())
                if wanted
                else output.raw
            )
        return torch.cat(windows, dim=1)
