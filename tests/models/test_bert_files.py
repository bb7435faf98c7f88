"""Are our BERT's files transformers', and older ones read?"""

import json

import pytest
import torch
import transformers
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from course_lib.errors import CourseError
from course_lib.models import bert
from course_lib.models.bert_config import BertConfig
from tests.models.encoder_pairs import IDS, MASK, TYPES, V, pair, same_outputs, their_model
from tests.models.hub_files import in_shards, rename, saved

NAMES = list(bert.MODELS)


@pytest.mark.parametrize("name", NAMES)
def test_files_go_there_and_back(name, tmp_path):
    names = {0: "no", 1: "yes", 2: "none"}
    ids = {own: i for i, own in names.items()}
    options = {"id2label": names, "label2id": ids} if "Classification" in name else {}
    options |= {"classifier_dropout": 0.3, "hidden_dropout_prob": 0.2, "layer_norm_eps": 1e-6}
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
    expected = theirs.config.to_dict() | {"attention_probs_dropout_prob": 0.0}
    found = again.config.to_dict()
    assert {k: v for k, v in found.items() if v != expected[k]}.keys() <= {"_name_or_path"}
    same_outputs(again(IDS, MASK), theirs(IDS, MASK))


def old_name(name):
    """The first files: TensorFlow's names in norms, no prefix, counts among the weights."""
    plain = name.removeprefix("bert.")
    plain = plain.replace("LayerNorm.weight", "LayerNorm.gamma")
    return plain.replace("LayerNorm.bias", "LayerNorm.beta")


def doubled(name):
    if name.endswith("word_embeddings.weight"):
        return [name, "cls.predictions.decoder.weight"]
    return [name, "cls.predictions.decoder.bias"] if name == "cls.predictions.bias" else name


def only_doubles(name):
    return doubled(name)[-1] if isinstance(doubled(name), list) else name


def with_more(folder, **tensors):
    path = folder / "model.safetensors"
    save_file(load_file(path) | tensors, path)


def config_with(folder, **entries):
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8")) | entries
    path.write_text(json.dumps(config), encoding="utf-8")


@pytest.mark.parametrize("name", ["BertModel", "BertForPreTraining"])
@pytest.mark.parametrize("age", ["old", "doubled", "only doubles", "shards", "more"])
def test_older_and_larger_files_are_read(name, age, tmp_path):
    theirs = their_model(name)
    folder = saved(theirs, tmp_path)
    if age == "old":
        rename(folder, old_name)
        with_more(folder, **{"embeddings.position_ids": torch.arange(23)[None]})
    if age == "doubled":
        rename(folder, doubled)
    if age == "only doubles" and name != "BertModel":
        rename(folder, only_doubles)
    if age == "shards":
        in_shards(folder)
    if age == "more":  # what this architecture has no place for
        rename(folder, lambda own: own if "bert." in own or "cls." in own else f"bert.{own}")
        with_more(folder, **{"classifier.weight": torch.ones(2, 12), "qa_outputs.bias": TYPES})
    if age != "shards":  # theirs reads no index without a size of the whole
        again = getattr(transformers, name).from_pretrained(folder)
        for own, other in zip(again.parameters(), theirs.parameters(), strict=True):
            assert torch.equal(own, other)
    same_outputs(bert.from_pretrained(folder)(IDS, MASK), theirs(IDS, MASK))


def test_names_of_labels_are_kept(tmp_path):
    ours, _ = pair("BertModel", tmp_path)
    kind, names = "multi_label_classification", ("no", "yes")
    made = bert.BertForSequenceClassification.from_body(ours, label_names=names, problem_type=kind)
    made.save_pretrained(tmp_path)
    config = transformers.BertConfig.from_pretrained(tmp_path)
    assert (config.id2label, config.problem_type) == ({0: "no", 1: "yes"}, kind)
    assert bert.from_pretrained(tmp_path).config == made.config


def test_a_body_without_a_pooler_is_read_and_written(tmp_path):
    theirs = their_model("BertModel")
    theirs.pooler = None
    ours = bert.from_pretrained(saved(theirs, tmp_path))
    a = ours(IDS, MASK)
    assert a.pooler_output is None
    same_outputs(a, theirs(IDS, MASK))
    before = load_file(tmp_path / "model.safetensors").keys()
    ours.save_pretrained(tmp_path)
    assert load_file(tmp_path / "model.safetensors").keys() == before


def test_a_model_does_not_change_with_its_file(tmp_path):
    ours, theirs = pair("BertModel", tmp_path)
    path = tmp_path / "model.safetensors"
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
    same_outputs(ours(IDS), theirs(IDS))


def test_doubles_that_differ_are_refused(tmp_path):
    folder = saved(their_model("BertForMaskedLM"), tmp_path)
    with_more(folder, **{"cls.predictions.decoder.weight": torch.zeros(V, 12)})
    with pytest.raises(CourseError, match=r"same numbers in bert.embeddings.word_embeddings.wei"):
        bert.from_pretrained(folder)


def test_unknown_entries_are_ignored_and_other_kinds_refused(tmp_path):
    folder = saved(their_model("BertForMaskedLM"), tmp_path)
    config_with(folder, colour="blue", gradient_checkpointing=True, use_cache=False)
    assert bert.from_pretrained(folder).config.n_layers == 2
    for entry, value in [
        ("is_decoder", True),
        ("add_cross_attention", True),
        ("position_embedding_type", "relative_key"),
        ("tie_word_embeddings", False),
        ("hidden_act", "tanh"),
    ]:
        kept = json.loads((folder / "config.json").read_text())
        config_with(folder, **{entry: value})
        with pytest.raises(CourseError, match=f"{entry} .*received '?{value}"):
            bert.from_pretrained(folder)
        (folder / "config.json").write_text(json.dumps(kept))
    config_with(folder, architectures=["GPT2LMHeadModel"])
    with pytest.raises(CourseError, match=r"one of BertModel, .*received GPT2LMHeadModel"):
        bert.from_pretrained(folder)
    # a body reads words and scores none: it needs no tied tables
    config_with(folder, architectures=["BertForTokenClassification"], tie_word_embeddings=False)
    with pytest.raises(CourseError, match=r"no classifier.weight, classifier.bias"):
        bert.from_pretrained(folder)


@pytest.mark.parametrize("activation", ["gelu_new", "relu", "silu", "swish", "gelu_pytorch_tanh"])
def test_other_activations_and_sizes_are_read(activation, tmp_path):
    options = {"hidden_act": activation, "layer_norm_eps": 1e-2, "pad_token_id": None}
    ours, theirs = pair("BertForMaskedLM", tmp_path, **options)
    assert ours.config.pad_id is None
    same_outputs(ours(IDS), theirs(IDS))
    ours.save_pretrained(tmp_path)
    same_outputs(bert.from_pretrained(tmp_path)(IDS), theirs(IDS))


def test_labels_are_counted_as_they_are_named():
    read = BertConfig.from_published
    assert read({}).n_labels == 2
    assert read({"num_labels": 5}).n_labels == 5
    named = read({"num_labels": 5, "id2label": {"10": "c", "0": "a", "2": "b"}})
    assert (named.n_labels, named.label_names) == (3, ("a", "b", "c"))
