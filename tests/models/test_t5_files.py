"""Are T5's folders transformers' folders, and its sizes the published ones?"""

import json

import pytest
import torch
import transformers
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn
from torch.testing import assert_close

import course_lib.vision.torchvision  # noqa: F401  (transformers would import a broken one)
from course_lib.errors import CourseError
from course_lib.models import t5
from course_lib.models.t5 import T5
from course_lib.models.t5_blocks import RelativeBias
from course_lib.models.t5_config import TABLES, T5Config, layout
from tests.models.hub_files import in_shards, rename, saved

V, D = 53, 13
SIZES = {
    "vocab_size": V,
    "d_model": D,
    "d_kv": 7,
    "d_ff": 17,
    "num_heads": 3,
    "num_layers": 2,
    "num_decoder_layers": 3,
    "relative_attention_num_buckets": 8,
    "relative_attention_max_distance": 12,
    "decoder_start_token_id": 0,
}
T5_1_1 = {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}
EXAMPLE = {
    "input_ids": torch.arange(2, 40).reshape(2, 19),
    "decoder_input_ids": torch.arange(10, 32).reshape(2, 11),
}
# as in test_t5.py
NOISE = {"atol": 8e-5, "rtol": 1.3e-6}


def their_model(two_tables=False, **options):
    torch.manual_seed(0)
    config = transformers.T5Config(**SIZES | options)
    theirs = transformers.T5ForConditionalGeneration(config).eval()
    if two_tables:
        theirs.lm_head.weight = nn.Parameter(torch.randn(V, D))
    return theirs


@pytest.fixture
def theirs():
    return their_model()


@pytest.fixture
def folder(theirs, tmp_path):
    return saved(theirs, tmp_path / "t5")


def config_with(folder, leave_out=(), **entries):
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8")) | entries
    config = {name: entry for name, entry in config.items() if name not in leave_out}
    path.write_text(json.dumps(config), encoding="utf-8")


def assert_same_logits(ours, theirs):
    with torch.no_grad():
        assert_close(ours(**EXAMPLE).logits, theirs(**EXAMPLE).logits, **NOISE)


@pytest.mark.parametrize("options", [{}, T5_1_1, T5_1_1 | {"two_tables": True}], ids=str)
def test_files_go_there_and_back(options, tmp_path):
    theirs = their_model(**options)
    folder = saved(theirs, tmp_path / "theirs")
    ours = t5.from_pretrained(folder)
    assert not ours.training
    ours.save_pretrained(tmp_path / "ours")
    path = tmp_path / "ours" / "model.safetensors"
    with safe_open(path, "pt") as file:
        assert not file.metadata()
    own, other = load_file(path), load_file(folder / "model.safetensors")
    assert own.keys() == other.keys()
    assert ("lm_head.weight" in own) == ("two_tables" in options)
    for name, tensor in own.items():
        assert torch.equal(tensor, other[name]), name
    back = transformers.T5ForConditionalGeneration.from_pretrained(tmp_path / "ours").eval()
    assert_same_logits(ours, theirs)
    assert_same_logits(back, theirs)
    assert_same_logits(t5.from_pretrained(tmp_path / "ours"), theirs)
    told = json.loads((tmp_path / "ours" / "config.json").read_text(encoding="utf-8"))
    for name, entry in told.items():
        if name != "tie_word_embeddings":  # transformers 5.23 writes True whatever the files hold
            assert getattr(theirs.config, name) == entry, name


def old_name(name):
    """The hub's first files: the table four times, and a bias that nothing uses."""
    if name == "shared.weight":
        return TABLES
    if name == "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight":
        return [name, "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"]
    return name


@pytest.mark.parametrize("age", ["old", "prefixed", "shards", *TABLES[1:]])
def test_older_and_larger_files_are_read(theirs, folder, age):
    if age == "old":
        rename(folder, old_name)
    elif age == "prefixed":
        rename(folder, lambda name: f"transformer.{name}")
    elif age == "shards":
        in_shards(folder)
    else:
        rename(folder, lambda name: age if name == "shared.weight" else name)
    ours = t5.from_pretrained(folder)
    assert ours.config.tied
    assert ours.head is None
    assert_same_logits(ours, theirs)


def test_first_configs_of_t5_1_1_leave_the_scale_to_the_tie(folder, tmp_path):
    today = ("scale_decoder_outputs", "dense_act_fn", "is_gated_act")
    theirs = their_model(two_tables=True, **T5_1_1)
    folder = saved(theirs, tmp_path / "t5 1.1")
    config_with(folder, leave_out=today, tie_word_embeddings=False)
    ours = t5.from_pretrained(folder)
    assert (ours.config.tied, ours.config.scaled, ours.config.gated) == (False, False, True)
    assert ours.config.activation == "gelu_tanh"
    assert_same_logits(ours, theirs)


@pytest.mark.parametrize("written", ["gelu", "silu", "gated-silu", "gated-relu", "gelu_new"])
def test_other_activations_are_theirs(written, tmp_path):
    theirs = their_model(feed_forward_proj=written)
    ours = t5.from_pretrained(saved(theirs, tmp_path))
    assert_same_logits(ours, theirs)
    ours.save_pretrained(tmp_path)
    back = transformers.T5ForConditionalGeneration.from_pretrained(tmp_path).eval()
    assert_same_logits(back, theirs)


def test_unknown_entries_are_ignored_and_other_kinds_refused(folder):
    config_with(folder, colour="blue", eos_token_id=[1, 7])
    assert t5.from_pretrained(folder).config.eos_id == (1, 7)
    config_with(folder, leave_out=("num_decoder_layers",))
    assert len(t5.from_pretrained(folder).decoder.layers) == 2  # the files hold a third
    config_with(folder, dense_act_fn="tanh")
    with pytest.raises(CourseError, match=r"feed_forward_proj among relu, .*; received 'tanh'"):
        t5.from_pretrained(folder)
    config_with(folder, dense_act_fn="relu", feed_forward_proj="double-relu")
    with pytest.raises(CourseError, match="received 'double-relu'"):
        t5.from_pretrained(folder)
    config_with(folder, architectures=["T5EncoderModel"])
    with pytest.raises(CourseError, match="T5ForConditionalGeneration under architectures"):
        t5.from_pretrained(folder)


def test_files_that_do_not_fit_are_named(folder):
    config_with(folder, num_decoder_layers=5)
    with pytest.raises(CourseError, match=r"no decoder.block.3.layer.0.layer_norm.weight, .* more"):
        t5.from_pretrained(folder)
    config_with(folder, num_decoder_layers=3, vocab_size=V + 1)
    with pytest.raises(CourseError, match=r"shared.weight of shape \(54, 13\)"):
        t5.from_pretrained(folder)
    path = folder / "model.safetensors"
    tensors = load_file(path)
    save_file(tensors | {"encoder.embed_tokens.weight": torch.zeros(V, D)}, path)
    config_with(folder, vocab_size=V)
    with pytest.raises(CourseError):
        t5.from_pretrained(folder)


def test_distances_have_the_published_buckets():
    """Golden: bucket b of the table holds b; the last query stands at the last key.

    Four buckets for 0 to 3 places behind, then 4 + ⌊4 ln(d / 4) / ln(12 / 4)⌋: 4 for d = 4 and 5
    (.81), 5 for 6 (1.48), 6 for 7, 8 and 9 (2.04, 2.52, 2.95), 7 for 10 (3.34). Ahead: 0.
    """
    bias = RelativeBias(T5Config(n_heads=1, n_buckets=8, max_distance=12), bidirectional=False)
    bias.table.weight.data = torch.arange(8.0)[:, None]
    expected = [[6, 6, 6, 5, 4, 4, 3, 2, 1, 0, 0], [7, 6, 6, 6, 5, 4, 4, 3, 2, 1, 0]]
    assert bias(2, 11).tolist() == [[expected]]


def test_first_weights_spread_as_the_authors_code_draws_them():
    torch.manual_seed(0)
    sizes = {"vocab_size": 503, "d_model": 61, "d_head": 17, "n_heads": 11, "d_ff": 251}
    model = T5(T5Config(**sizes, gated=True, tied=False))
    expected = {
        "shared": 1.0,
        "lm_head": 61**-0.5,
        "q": (61 * 17) ** -0.5,
        "k": 61**-0.5,
        "v": 61**-0.5,
        "o": (11 * 17) ** -0.5,
        "wi_0": 61**-0.5,
        "wi_1": 61**-0.5,
        "wo": 251**-0.5,
        "relative_attention_bias": 61**-0.5,
    }
    parameters = dict(model.named_parameters())
    for name, entry in layout(model.config).entries.items():
        kind, own = name.split(".")[-2], parameters[entry.own[0]]
        if kind.endswith("layer_norm"):
            assert (own == 1).all()
        else:
            assert own.std().item() == pytest.approx(expected[kind], rel=0.15), name
            assert abs(own.mean().item()) < 0.25 * expected[kind]


COUNTS = {
    "t5-small": 60_506_624,
    "t5-base": 222_903_552,
    "t5-large": 737_668_096,
    "t5-3b": 2_851_598_336,
    "t5-11b": 11_307_321_344,
}


@pytest.mark.parametrize(("name", "expected"), COUNTS.items())
def test_published_sizes_are_counted(name, expected):
    assert t5.n_parameters(name) == expected


def test_presets_are_made_by_name():
    assert T5Config.small() == T5Config.named("t5-small") == T5Config()
    assert T5Config.base().d_model == 768
    tiny = T5(T5Config.tiny(V))
    assert tiny.embedding.weight.shape == (V, 128)
    with pytest.raises(CourseError, match="did you mean 't5-11b'"):
        t5.n_parameters("t5-11bn")
    with pytest.raises(ValueError, match="n_decoder_layers must be 1 or more, received 0"):
        T5Config(n_decoder_layers=0)
