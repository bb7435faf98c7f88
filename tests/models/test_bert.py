"""Is our BERT transformers' BERT: numbers, gradients and losses?"""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from course_lib.errors import CourseError
from course_lib.models import bert
from course_lib.models.bert import Bert, BertForQuestionAnswering, BertForSequenceClassification
from course_lib.models.bert_config import BertConfig
from tests.models.encoder_pairs import (
    IDS,
    MASK,
    PLACES,
    TYPES,
    WORDS,
    B,
    H,
    T,
    V,
    asked_of,
    pair,
    same_gradients,
    same_outputs,
)

NAMES = list(bert.MODELS)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_outputs_loss_and_gradients_are_theirs(name, dtype, tmp_path):
    ours, theirs = (model.to(dtype) for model in pair(name, tmp_path))
    inputs = {"attention_mask": MASK, "token_type_ids": TYPES, "position_ids": PLACES}
    a, b = (m(IDS, **inputs, **asked_of(name)) for m in (ours, theirs))
    own, other = same_outputs(a, b)
    if asked_of(name):
        assert_close(a.loss, b.loss)
        own, other = own + 50 * a.loss, other + 50 * b.loss
    own.backward()
    other.backward()
    same_gradients(ours, theirs)


@pytest.fixture(scope="module")
def bodies(tmp_path_factory):
    return pair("BertModel", tmp_path_factory.mktemp("body"))


def test_without_anything_but_words(bodies):
    same_outputs(*(model(IDS) for model in bodies))
    same_outputs(*(model(IDS, MASK, position_ids=PLACES) for model in bodies))


@settings(max_examples=20)
@given(st.lists(st.integers(0, 2**T - 1), min_size=B, max_size=B), st.integers(0, 2**B - 1))
def test_every_mask_of_words_gives_their_numbers(bodies, rows, hidden):
    mask = torch.tensor([[row >> t & 1 for t in range(T)] for row in rows])
    types = torch.tensor([[hidden >> b & 1] for b in range(B)]).expand(B, T)
    same_outputs(*(model(IDS, mask, types) for model in bodies))
    same_outputs(bodies[0](IDS, mask.bool()), bodies[1](IDS, mask.double()))


@pytest.mark.parametrize("heads", [1, H])
@pytest.mark.parametrize("batch", [1, B])
def test_masks_of_pairs_give_their_numbers(bodies, heads, batch):
    ours, theirs = bodies
    mask = torch.rand(batch, heads, T, T, generator=torch.Generator().manual_seed(2)) < 0.4
    mask[0, 0, 4] = False
    same_outputs(ours(IDS, mask), theirs(IDS, mask))
    added = torch.zeros(mask.shape).masked_fill(~mask, -torch.inf)
    added[mask] = torch.linspace(-1, 1, int(mask.sum()))
    same_outputs(ours(IDS, added), theirs(IDS, added))
    if heads == 1:  # theirs reads no masks of three axes
        a, b = ours(IDS, mask[:, 0]), ours(IDS, mask)
        assert_close(a.last_hidden_state, b.last_hidden_state)


def test_states_and_maps_are_those_of_their_explicit_attention(tmp_path):
    ours, theirs = pair("BertForMaskedLM", tmp_path)
    theirs.set_attn_implementation("eager")
    mask = MASK.clone()
    mask[2, 1:3] = 1
    wanted = {"output_hidden_states": True, "output_attentions": True}
    a, b = (model(IDS, mask, **wanted) for model in (ours, theirs))
    assert len(a.hidden_states) == len(b.hidden_states) == 3
    assert len(a.attentions) == len(b.attentions) == 2
    for own, other in zip(
        a.hidden_states + a.attentions, b.hidden_states + b.attentions, strict=True
    ):
        assert_close(own, other)
    assert a.attentions[0].shape == (B, H, T, T)
    plain = ours(IDS, mask)
    assert plain.hidden_states is plain.attentions is None
    assert_close(plain.logits, a.logits)


@pytest.mark.parametrize(
    ("n_labels", "kind", "labels"),
    [
        (1, None, torch.tensor([0.5, -1.0, 2.0])),
        (1, None, torch.tensor([[0.5], [-1.0], [2.0]])),
        (1, "regression", torch.tensor([3, 0, 5])),
        (1, "multi_label_classification", torch.tensor([[1.0], [0.0], [1.0]])),
        (3, None, torch.tensor([2, 0, 1])),
        (3, "single_label_classification", torch.tensor([[2], [-100], [1]])),
        (3, None, torch.tensor([[1.0, 0, 1], [0, 0, 0], [1, 1, 1]])),
        (3, "multi_label_classification", torch.tensor([[1.0, 0, 1], [0, 0, 0], [1, 1, 1]])),
        (3, "regression", torch.tensor([[1.0, 0, 1], [0, -2, 0], [1, 1, 7]])),
    ],
)
def test_the_loss_fits_the_labels_as_theirs(n_labels, kind, labels, tmp_path):
    options = {"num_labels": n_labels, "problem_type": kind}
    ours, theirs = pair("BertForSequenceClassification", tmp_path, **options)
    assert (ours.config.n_labels, ours.config.problem_type) == (n_labels, kind)
    a, b = ours(IDS, labels=labels), theirs(IDS, labels=labels)
    assert_close(a.logits, b.logits)
    assert_close(a.loss, b.loss)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.6, 1.0])
def test_few_and_many_masked_words_give_their_loss(share, tmp_path):
    ours, theirs = pair("BertForMaskedLM", tmp_path)
    labels = torch.where(torch.rand(B, T) < share, IDS, -100)
    a, b = (model(IDS, labels=labels).loss for model in (ours, theirs))
    assert_close(a, b, equal_nan=True)
    a.backward()
    b.backward()
    same_gradients(ours, theirs)


def test_one_label_of_two_makes_no_loss(tmp_path):
    ours, theirs = pair("BertForPreTraining", tmp_path)
    for model in (ours, theirs):
        assert model(IDS, labels=WORDS).loss is None
        assert model(IDS, next_sentence_label=torch.tensor([1, 0, 1])).loss is None
    spans, _ = pair("BertForQuestionAnswering", tmp_path)
    assert spans(IDS, start_positions=torch.tensor([1, 0, 1])).loss is None


def test_padding_changes_no_word(bodies):
    ours, _ = bodies
    whole = ours(IDS, MASK).last_hidden_state
    assert_close(whole[0, :7], ours(IDS[:1, :7]).last_hidden_state[0])


def test_it_starts_as_bert_does():
    """Weights from N(0, 0.02), biases 0, norms 1 and 0, the padding's vector 0."""
    model = bert.BertForPreTraining(BertConfig.tiny(211))
    others = [name for name in NAMES if name not in ("BertModel", "BertForPreTraining")]
    for own in [model, *(bert.MODELS[name](BertConfig.tiny(211)) for name in others)]:
        drawn_as_bert(own)
    assert not model.bert.embedding.weight[0].any()
    assert model.training


def drawn_as_bert(model):
    for name, parameter in model.named_parameters():
        if "norm" in name:
            assert (parameter == float(name.endswith("weight"))).all(), name
        elif name.endswith("bias"):
            assert not parameter.any(), name
        else:
            drawn = parameter.detach()
            assert abs(float(drawn.std()) / 0.02 - 1) < 4 / (2 * drawn.numel()) ** 0.5, name
            assert abs(float(drawn.mean())) < 4 * 0.02 / drawn.numel() ** 0.5, name


def test_a_head_stands_on_a_copy_of_the_body():
    body = Bert(BertConfig(vocab_size=V, d_model=12, n_heads=3, n_layers=2, max_len=23)).eval()
    made = BertForSequenceClassification.from_body(body, 5, label_names=tuple("abcde"))
    assert not made.training
    assert made(IDS).logits.shape == (B, 5)
    assert made.config.label_names == tuple("abcde")
    for name, tensor in body.state_dict().items():
        assert torch.equal(made.bert.state_dict()[name], tensor), name
    before = body(IDS).last_hidden_state
    with torch.no_grad():
        made.bert.embedding.weight.add_(1)
    assert_close(body(IDS).last_hidden_state, before)
    spans = BertForQuestionAnswering.from_body(made.bert.train().double())
    assert spans.bert.pooler is None
    assert spans.training
    assert spans(IDS).start_logits.dtype == torch.float64
    again = bert.BertForPreTraining.from_body(spans.bert)
    assert again.bert.pooler is not None
    assert again.bert.pooler.weight.std() < 0.03
    number = BertForSequenceClassification.from_body(body, 1, problem_type="regression")
    assert number.config.problem_type == "regression"


def test_dropout_acts_in_training_alone(bodies):
    ours = bert.BertForMaskedLM.from_body(bodies[0], dropout=0.5)
    assert_close(ours(IDS).logits, ours(IDS).logits)
    before = ours.train()(IDS, output_hidden_states=True).hidden_states[0]
    assert abs(float((before == 0).float().mean()) - 0.5) < 0.1
    assert all(layer.dropout == 0.5 for layer in ours.bert.layers)
    none = bert.BertForMaskedLM.from_body(bodies[0], dropout=0.0)
    assert_close(none.train()(IDS).logits, none.eval()(IDS).logits)


@pytest.mark.parametrize("name", ["BertForSequenceClassification", "BertForTokenClassification"])
def test_a_head_has_a_dropout_of_its_own(bodies, name):
    """With all dropped, the bias is left."""
    ours = bert.MODELS[name].from_body(bodies[0], 2, dropout=0.0, classifier_dropout=1.0)
    assert (ours(IDS).logits != ours.classifier.bias).any()
    assert (ours.train()(IDS).logits == ours.classifier.bias).all()
    same = bert.MODELS[name].from_body(bodies[0], dropout=0.25)
    assert same.config.head_dropout == 0.25


@pytest.mark.parametrize(
    ("name", "V", "D", "n_layers", "expected"),
    [
        ("bert-base", 30_522, 768, 12, 109_482_240),
        ("bert-large", 30_522, 1_024, 24, 335_141_888),
    ],
)
def test_published_sizes_are_counted_by_hand(name, V, D, n_layers, expected):
    """Golden: three tables and a norm; 12 D² + 13 D in each block; the pooler's D² + D."""
    by_hand = (V + 512 + 2 + 2) * D + n_layers * (12 * D * D + 13 * D) + D * D + D
    assert bert.n_parameters(name) == by_hand == expected


def test_wrong_use_is_refused(bodies):
    ours, _ = bodies
    with pytest.raises(CourseError, match="did you mean 'bert-large'"):
        bert.n_parameters("bert-larg")
    with pytest.raises(ValueError, match="23 positions, received a text of 24 places"):
        ours(torch.zeros(1, 24, dtype=torch.long))
    for model in (ours, bert.BertForMaskedLM.from_body(ours)):
        with pytest.raises(TypeError, match="atention_mask"):
            model(IDS, atention_mask=MASK)
    for wrong, message in [
        ({"n_layers": 0}, "n_layers must be 1 or more"),
        ({"pad_id": 30_522}, r"pad_id must be None or lie in 0 \.\. 30521"),
        ({"label_names": ("a",)}, "label_names must be 2 names"),
        ({"problem_type": "guessing"}, "problem_type is None or one of regression"),
        ({"problem_type": "single_label_classification", "n_labels": 1}, "must be 2 or more"),
    ]:
        with pytest.raises(ValueError, match=message):
            BertConfig(**wrong)
