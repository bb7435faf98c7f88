"""Is our DistilBERT transformers', and does a student start from its teacher?"""

import pytest
import torch
import transformers
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch.testing import assert_close

from course_lib.errors import CourseError
from course_lib.models import distilbert
from course_lib.models.bert import BertForMaskedLM
from course_lib.models.bert_config import BertConfig
from course_lib.models.distilbert import DistilBert, DistilBertForMaskedLM
from course_lib.models.distilbert_config import DistilBertConfig
from course_lib.transfer.distillation import layers_to_copy
from tests.models.encoder_pairs import (
    IDS,
    MASK,
    PLACES,
    TYPES,
    B,
    H,
    T,
    V,
    asked_of,
    pair,
    same_gradients,
    same_outputs,
    their_model,
)
from tests.models.hub_files import rename, saved

NAMES = list(distilbert.MODELS)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_outputs_loss_and_gradients_are_theirs(name, dtype, tmp_path):
    ours, theirs = (model.to(dtype) for model in pair(name, tmp_path))
    a, b = (
        model(IDS, attention_mask=MASK, position_ids=PLACES, **asked_of(name))
        for model in (ours, theirs)
    )
    own, other = same_outputs(a, b)
    if asked_of(name):
        assert_close(a.loss, b.loss)
        own, other = own + 50 * a.loss, other + 50 * b.loss
    own.backward()
    other.backward()
    same_gradients(ours, theirs)


def test_states_and_maps_are_those_of_their_explicit_attention(tmp_path):
    ours, theirs = pair("DistilBertModel", tmp_path)
    same_outputs(ours(IDS), theirs(IDS))
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
    assert a.attentions[1].shape == (B, H, T, T)


@pytest.mark.parametrize("name", NAMES)
def test_files_go_there_and_back(name, tmp_path):
    options = {"num_labels": 4} if "Sequence" in name else {}
    options |= {"activation": "relu", "seq_classif_dropout": 0.3, "qa_dropout": 0.4}
    ours, theirs = pair(name, tmp_path / "theirs", **options)
    ours.save_pretrained(tmp_path / "ours")
    path = tmp_path / "ours" / "model.safetensors"
    with safe_open(path, "pt") as file:
        assert not file.metadata()
    own, other = load_file(path), load_file(tmp_path / "theirs" / "model.safetensors")
    assert own.keys() == other.keys()
    for tensor, expected in zip(own.values(), map(other.get, own), strict=True):
        assert torch.equal(tensor, expected)
    again = getattr(transformers, name).from_pretrained(tmp_path / "ours").eval()
    expected = theirs.config.to_dict() | {"attention_dropout": 0.0}
    found = again.config.to_dict()
    assert {k: v for k, v in found.items() if v != expected[k]}.keys() <= {"_name_or_path"}
    same_outputs(again(IDS, MASK), theirs(IDS, MASK))


def test_older_files_are_read(tmp_path):
    theirs = their_model("DistilBertForMaskedLM")
    folder = saved(theirs, tmp_path)

    def old_name(name):
        plain = name.removeprefix("distilbert.").replace("LayerNorm.weight", "LayerNorm.gamma")
        return [plain, "vocab_projector.weight"] if "word_emb" in plain else plain

    rename(folder, old_name)
    path = folder / "model.safetensors"
    more = {"embeddings.position_ids": torch.arange(23)[None], "classifier.bias": torch.ones(2)}
    save_file(load_file(path) | more, path)
    same_outputs(distilbert.from_pretrained(folder)(IDS, MASK), theirs(IDS, MASK))


@pytest.mark.parametrize("name", NAMES)
def test_it_starts_as_bert_does(name):
    made = distilbert.MODELS[name](DistilBertConfig.tiny(211))
    for own, parameter in made.named_parameters():
        drawn = parameter.detach()
        if "norm" in own or own.endswith("bias"):
            assert (drawn == float("norm" in own and own.endswith("weight"))).all(), own
        else:
            assert abs(float(drawn.std()) / 0.02 - 1) < 4 / (2 * drawn.numel()) ** 0.5, own


def test_heads_have_dropouts_of_their_own():
    """With all dropped, the bias is left, which is 0."""
    off = {"dropout": 0.0, "classifier_dropout": 1.0, "span_dropout": 1.0}
    body = DistilBert(DistilBertConfig.tiny(V)).eval()
    labels = distilbert.DistilBertForSequenceClassification.from_body(body, **off)
    assert labels(IDS).logits.any()
    assert not labels.train()(IDS).logits.any()
    spans = distilbert.DistilBertForQuestionAnswering.from_body(body, **off)
    assert spans(IDS).start_logits.any()
    assert not spans.train()(IDS).start_logits.any()


def teacher(n_layers):
    config = BertConfig(vocab_size=V, d_model=12, n_heads=3, n_layers=n_layers, max_len=23, d_ff=17)
    made = BertForMaskedLM(config).eval()
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return made


def test_a_student_with_all_layers_is_its_teacher():
    """What token types add to a single text is kept in the places."""
    bert = teacher(2)
    body = DistilBert.from_bert(bert.bert, layers_to_copy(2, 2))
    assert not body.training
    assert_close(body(IDS, MASK).last_hidden_state, bert.bert(IDS, MASK).last_hidden_state)
    student = DistilBertForMaskedLM.from_body(body)
    student.word_head.load_state_dict(bert.word_head.state_dict())
    assert_close(student(IDS, MASK).logits, bert(IDS, MASK).logits)


def test_a_student_starts_from_the_layers_that_are_named():
    bert = teacher(5)
    student = DistilBert.from_bert(bert.bert, [0, 3, 4])
    for own, i in zip(student.layers, (0, 3, 4), strict=True):
        for name, tensor in own.state_dict().items():
            assert torch.equal(tensor, bert.bert.layers[i].state_dict()[name])
    before = bert(IDS).logits
    with torch.no_grad():
        student.layers[0].feed_forward.hidden_proj.weight.zero_()
        student.embedding.weight.zero_()
    assert_close(bert(IDS).logits, before)  # a copy
    half = DistilBertConfig.tiny(V)
    assert (half.n_layers, half.d_model) == (2, BertConfig.tiny(V).d_model)


def test_the_published_size_is_counted_by_hand():
    """Golden: two tables and a norm; 12 D² + 13 D in each of 6 blocks; no pooler."""
    D = 768
    by_hand = (30_522 + 512 + 2) * D + 6 * (12 * D * D + 13 * D)
    assert distilbert.n_parameters("distilbert-base") == by_hand == 66_362_880


def test_wrong_use_is_refused(tmp_path):
    ours, theirs = pair("DistilBertForMaskedLM", tmp_path)
    with pytest.raises(TypeError, match="token_type_ids"):
        ours(IDS, token_type_ids=TYPES)
    with pytest.raises(ValueError, match="23 positions, received a text of 24 places"):
        ours(torch.zeros(1, 24, dtype=torch.long))
    with pytest.raises(CourseError, match="did you mean 'distilbert-base'"):
        distilbert.n_parameters("distillbert")
    theirs.config.tie_word_embeddings = False
    with pytest.raises(CourseError, match="tie_word_embeddings True; received False"):
        distilbert.from_pretrained(saved(theirs, tmp_path))
