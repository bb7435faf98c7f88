"""Does the classifier read a text alike in every batch, and does the head get what it should?"""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from course_lib.models.awd_lstm import AwdLstmConfig, AwdOutput
from course_lib.models.ulmfit import (
    LanguageModel,
    TextClassifier,
    activation_penalty,
    concat_pool,
    mapped_rows,
)
from course_lib.models.ulmfit_batches import padded
from course_lib.text.vocabulary import Vocabulary

V, D, H, C = 23, 5, 7, 3


def config(**changes) -> AwdLstmConfig:
    return AwdLstmConfig(
        **({"vocab_size": V, "d_model": D, "d_hidden": H, "n_layers": 2} | changes)
    )


def classifier(seed: int = 0, **settings) -> TextClassifier:
    torch.manual_seed(seed)
    return TextClassifier(config(), C, **settings).eval()


def texts(seed: int, lengths) -> list[list[int]]:
    draw = torch.Generator().manual_seed(seed)
    return [torch.randint(1, V, (n,), generator=draw).tolist() for n in lengths]


def test_decoder_is_tied_to_the_table():
    model = LanguageModel(config()).eval()
    ids = torch.tensor([[3, 1, 4]])
    logits, output = model(ids)
    assert_close(logits, output.raw @ model.encoder.embedding.weight.T + model.decoder.bias)
    names = [name for name, p in model.named_parameters() if p.shape == (V, D)]
    assert names == ["encoder.embedding.weight"]
    logits.sum().backward()
    unread = [i for i in range(V) if i not in {3, 1, 4}]
    grad = model.encoder.embedding.weight.grad
    assert (grad[unread].abs().sum(dim=1) > 0).all(), "rows learn as outputs too"


def test_groups_hold_every_parameter_once():
    for model in (LanguageModel(config()), classifier()):
        held = [id(p) for group in model.layer_groups().values() for p in group.parameters()]
        assert len(held) == len(set(held)) == len(list(model.parameters()))
    assert list(classifier().layer_groups()) == ["words", "lstm_1", "lstm_2", "head"]
    assert list(LanguageModel(config()).layer_groups()) == ["lstm_1", "lstm_2", "words"]


def test_activation_penalty_by_hand():
    """Golden. raw = 1, 3, 0: steps 2 and −3, mean of squares (4 + 9) / 2 = 6.5.

    dropped = 2, 6, 0 (what is kept is doubled): mean of squares (4 + 36 + 0) / 3 = 40 / 3.
    α = 2, β = 1: 2 · 40 / 3 + 6.5 = 33.1666…
    """
    raw = torch.tensor([[[1.0], [3.0], [0.0]]])
    output = AwdOutput(raw=raw, dropped=raw * torch.tensor([[[2.0], [2.0], [0.0]]]), state=[])
    assert activation_penalty(output).item() == pytest.approx(80 / 3 + 6.5)
    single = AwdOutput(raw=raw[:, :1], dropped=raw[:, :1], state=[])
    assert activation_penalty(single, alpha=5.0).item() == pytest.approx(5.0)


def test_concat_pool_by_hand():
    """Golden. Text 1 has tokens (1, −2), (3, −4) and padding (9, 9): last, highest, mean.

    Text 2 has one token (−1, −5), and it is all three.
    """
    outputs = torch.tensor([[[1.0, -2], [3, -4], [9, 9]], [[-1, -5], [9, 9], [9, 9]]])
    is_token = torch.tensor([[True, True, False], [True, False, False]])
    expected = torch.tensor([[3.0, -4, 3, -2, 2, -3], [-1, -5, -1, -5, -1, -5]])
    assert_close(concat_pool(outputs, is_token), expected)


def test_a_text_of_padding_alone_is_refused():
    with pytest.raises(ValueError, match="every text needs a token"):
        concat_pool(torch.ones(2, 3, D), torch.tensor([[True] * 3, [False] * 3]))
    with pytest.raises(ValueError, match="every text needs a token"):
        classifier()(torch.zeros(1, 4, dtype=torch.long))


def test_padding_in_front_is_refused():
    with pytest.raises(ValueError, match="padding must stand at the end"):
        classifier()(torch.tensor([[0, 3, 4]]))


@settings(max_examples=25, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 19), min_size=1, max_size=5),
    more=st.integers(0, 11),
    window=st.integers(1, 8),
    seed=st.integers(0, 99),
)
def test_padding_and_neighbours_change_nothing(lengths, more, window, seed):
    model = classifier(window=window)
    batch = texts(seed, lengths)
    rectangle = torch.nn.functional.pad(padded(batch), (0, more))
    alone = torch.cat([model(torch.tensor([text])) for text in batch])
    assert_close(model(rectangle), alone)


@settings(max_examples=20, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 17), min_size=2, max_size=4),
    window=st.integers(1, 6),
    steps=st.integers(1, 12),
    seed=st.integers(0, 99),
)
def test_a_text_gives_the_same_gradient_alone_and_among_others(lengths, window, steps, seed):
    model = classifier(window=window, max_grad_steps=steps)
    batch = texts(seed, lengths)

    def gradient(input_ids):
        model.zero_grad()
        model(input_ids).sum().backward()
        return {
            n: torch.zeros_like(p) if p.grad is None else p.grad.clone()
            for n, p in model.named_parameters()
        }

    together = gradient(padded(batch))
    alone = [gradient(torch.tensor([text])) for text in batch]
    for name, grad in together.items():
        assert_close(grad, sum(part[name] for part in alone), rtol=1e-4, atol=1e-5)


def test_windows_do_not_change_what_is_read():
    batch = padded(texts(1, [19, 7, 3]))
    whole = classifier(window=70)(batch)
    for window in (1, 4, 18):
        assert_close(classifier(window=window)(batch), whole)


def test_words_before_the_last_steps_get_no_gradient_but_count():
    model = classifier(window=2, max_grad_steps=4)
    ids = torch.arange(1, 13)[None]  # twelve different words
    model(ids).sum().backward()
    used = model.encoder.embedding.weight.grad.abs().sum(dim=1).nonzero().flatten()
    assert used.tolist() == [9, 10, 11, 12]
    changed = ids.clone()
    changed[0, 0] = 20
    assert not torch.equal(model(changed), model(ids))


def test_without_gradients_nothing_is_kept():
    with torch.no_grad():
        assert not classifier(window=3)(padded(texts(2, [9, 2]))).requires_grad


def test_classifier_starts_from_a_copy_of_the_encoder():
    language_model = LanguageModel(config())
    model = TextClassifier.from_language_model(language_model, C, window=11)
    assert model.window == 11
    for name, value in language_model.encoder.state_dict().items():
        assert torch.equal(model.encoder.state_dict()[name], value)
    with torch.no_grad():
        model.encoder.embedding.weight.zero_()
    assert language_model.encoder.embedding.weight.abs().sum() > 0


OLD = Vocabulary(["<unk>", "cat", "dog", "is"])
NEW = Vocabulary(["<pad>", "<unk>", "is", "zebra", "cat"])


def test_rows_of_known_words_are_kept_and_others_get_the_mean():
    table = torch.tensor([[0.0, 4.0], [1.0, 3.0], [2.0, 2.0], [5.0, -1.0]])
    mean = [2.0, 2.0]
    expected = torch.tensor([mean, [0.0, 4.0], [5.0, -1.0], mean, [1.0, 3.0]])
    assert_close(mapped_rows(table, OLD, NEW), expected)


def test_a_model_says_the_same_of_known_words_in_another_vocabulary():
    old = LanguageModel(config(vocab_size=len(OLD))).eval()
    with torch.no_grad():
        old.decoder.bias.normal_()
    new = old.for_vocabulary(OLD, NEW)
    text = ["cat", "is", "cat"]
    ours, theirs = (m(torch.tensor([v.encode(text)]))[0] for m, v in ((new, NEW), (old, OLD)))
    shared = [token for token in OLD if token in NEW]
    assert_close(ours[..., NEW.encode(shared)], theirs[..., OLD.encode(shared)])
    assert not new.training


def test_a_copy_for_another_vocabulary_keeps_the_mode_of_each_module():
    old = LanguageModel(config(vocab_size=len(OLD))).train()
    old.encoder.layers[0].eval()
    new = old.for_vocabulary(OLD, NEW)
    assert [m.training for m in new.modules()] == [m.training for m in old.modules()]


def test_a_vocabulary_that_does_not_fit_the_table_is_refused():
    with pytest.raises(ValueError, match="the old vocabulary has 5 words, the table 4 rows"):
        mapped_rows(torch.ones(4, 2), NEW, OLD)


@pytest.mark.parametrize("name", ["d_head", "window", "max_grad_steps"])
def test_sizes_below_one_are_refused(name):
    with pytest.raises(ValueError, match=f"{name} must be 1 or more, received 0"):
        TextClassifier(config(), C, **{name: 0})


def test_no_class_and_a_wrong_rate_are_refused():
    with pytest.raises(ValueError, match="n_classes must be 1 or more"):
        TextClassifier(config(), 0)
    with pytest.raises(ValueError, match="head_drop must lie in"):
        TextClassifier(config(), C, head_drop=1.0)


def test_save_and_load(tmp_path):
    from safetensors.torch import load_file, save_file

    model = classifier(seed=5)
    save_file(model.state_dict(), tmp_path / "model.safetensors")
    again = classifier(seed=6)
    again.load_state_dict(load_file(tmp_path / "model.safetensors"))
    batch = padded(texts(3, [5, 2]))
    assert torch.equal(again(batch), model(batch))
