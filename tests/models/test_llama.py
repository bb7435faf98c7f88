"""Is our llama transformers': numbers, files and what it writes?"""

import copy
import json

import pytest
import torch
import transformers
from safetensors import safe_open
from safetensors.torch import load_file
from torch.testing import assert_close

import course_lib.vision.torchvision  # noqa: F401  (transformers would import a broken one)
from course_lib.errors import CourseError
from course_lib.layers.masks import assert_causal
from course_lib.models import llama
from course_lib.models.llama import Llama
from course_lib.models.llama_config import LlamaConfig, layout

V, B, T = 29, 3, 11
SIZES = {
    "vocab_size": V,
    "hidden_size": 12,
    "num_attention_heads": 6,
    "num_key_value_heads": 3,
    "head_dim": 10,
    "num_hidden_layers": 2,
    "intermediate_size": 17,
    "max_position_embeddings": 23,
    "rope_parameters": {"rope_type": "default", "rope_theta": 5_000.0},
    "rms_norm_eps": 1e-2,
    "bos_token_id": None,
    "eos_token_id": None,
}


def their_model(**options):
    torch.manual_seed(0)
    theirs = transformers.LlamaForCausalLM(transformers.LlamaConfig(**SIZES | options)).eval()
    for parameter in theirs.parameters():  # its norms are ones
        torch.nn.init.normal_(parameter, std=0.3)
    return theirs


@pytest.fixture(scope="module", params=[False, True], ids=["untied", "tied"])
def theirs(request):
    return their_model(tie_word_embeddings=request.param)


@pytest.fixture
def folder(theirs, tmp_path):
    theirs.save_pretrained(tmp_path / "theirs")
    return tmp_path / "theirs"


@pytest.fixture
def ours(folder):
    return llama.from_pretrained(folder)


def words(n_hidden=4):
    ids = torch.randint(V, (B, T), generator=torch.Generator().manual_seed(1))
    mask = torch.ones(B, T, dtype=torch.long)
    mask[1, :n_hidden] = 0
    return ids, mask


@pytest.mark.parametrize("masked", [False, True])
def test_logits_loss_states_and_gradients_are_theirs(theirs, ours, masked):
    theirs = copy.deepcopy(theirs)
    ids, mask = words()
    given = {"attention_mask": mask} if masked else {}
    labels = ids.masked_fill(mask == 0, -100)
    a = ours(ids, labels=labels, output_hidden_states=True, **given)
    b = theirs(ids, labels=labels, output_hidden_states=True, **given)
    assert_close(a.logits[mask == 1], b.logits[mask == 1])
    assert_close(a.loss, b.loss)
    assert len(a.hidden_states) == len(b.hidden_states) == 3
    for own, other in zip(a.hidden_states, b.hidden_states, strict=True):
        assert_close(own[mask == 1], other[mask == 1])
    a.loss.backward()
    b.loss.backward()
    own = dict(ours.named_parameters())
    other = dict(theirs.named_parameters())
    assert len(own) == len(other)
    for name, entry in layout(ours.config).entries.items():
        assert_close(own[entry.own[0]].grad, other[name].grad)


def test_maps_are_those_of_their_explicit_attention(theirs, ours):
    theirs.set_attn_implementation("eager")
    ids, mask = words()
    a = ours(ids, attention_mask=mask, output_attentions=True)
    b = theirs(ids, attention_mask=mask, output_attentions=True)
    theirs.set_attn_implementation("sdpa")
    assert len(a.attentions) == len(b.attentions) == 2
    for own, other in zip(a.attentions, b.attentions, strict=True):
        assert own.shape == (B, 6, T, T)
        assert_close(own[[0, 2]], other[[0, 2]])
        # row 1 begins with padding, whose places look at nothing: ours are zeros
        assert_close(own[1, :, 4:], other[1, :, 4:])
        assert own[1, :, :4].count_nonzero() == 0


def test_only_differences_of_positions_count(theirs, ours):
    ids, mask = words()
    places = (mask.cumsum(1) - 1).clamp(min=0)
    a, b = (m(ids, attention_mask=mask, position_ids=places) for m in (ours, theirs))
    assert_close(a.logits[mask == 1], b.logits[mask == 1])
    assert_close(a.logits[1, 4:], ours(ids[1:2, 4:]).logits[0])
    assert_close(a.logits[1, 4:], ours(ids, attention_mask=mask).logits[1, 4:])
    stretched, other = (m(ids, position_ids=2 * places[:1]).logits for m in (ours, theirs))
    assert_close(stretched, other)
    assert (stretched - ours(ids).logits).abs().max() > 0.01


@pytest.mark.parametrize("cached", [True, False])
def test_greedy_words_are_theirs_also_behind_padding(theirs, ours, cached):
    ids, mask = words()
    expected = theirs.generate(ids, attention_mask=mask, max_new_tokens=19, do_sample=False)
    assert_close(ours.generate(ids, 19, 0.0, attention_mask=mask, use_cache=cached), expected)


@pytest.mark.parametrize("ends", [11, [5, 11, 13]], ids=str)
@pytest.mark.parametrize("padding", [None, 2])
def test_a_row_ends_with_its_mark_as_theirs(tmp_path, ends, padding):
    theirs = their_model(eos_token_id=ends, pad_token_id=padding)
    theirs.save_pretrained(tmp_path)
    ours = llama.from_pretrained(tmp_path)
    ids = torch.randint(V, (40, 3), generator=torch.Generator().manual_seed(2))
    mask = torch.ones_like(ids)
    expected = theirs.generate(ids, attention_mask=mask, max_new_tokens=9, do_sample=False)
    found = ours.generate(ids, 9, 0.0)
    assert_close(found, expected)
    ended = (found[:, 3:-1] == 11).any(dim=1)
    assert 0 < int(ended.sum()) < 40


def test_drawing_is_repeatable(ours):
    prompt = torch.tensor([[3, 5]]).expand(50, 2)
    drawn, again = (
        ours.generate(prompt, 3, top_k=5, generator=torch.Generator().manual_seed(0))
        for _ in range(2)
    )
    assert_close(drawn, again)
    assert len(drawn[:, 2].unique()) == 5


def test_what_was_drawn_can_be_trained_on(ours):
    ids = ours.generate(words()[0], 2, 0.0)
    ours(ids, labels=ids).loss.backward()


def test_nothing_looks_ahead(ours):
    assert_causal(ours, words()[0])


def test_files_go_there_and_back(theirs, ours, folder, tmp_path):
    ours.save_pretrained(tmp_path / "ours")
    path = tmp_path / "ours" / "model.safetensors"
    with safe_open(path, "pt") as file:
        assert not file.metadata()
    own, other = load_file(path), load_file(folder / "model.safetensors")
    assert own.keys() == other.keys()
    for name, tensor in own.items():
        assert torch.equal(tensor, other[name]), name
    back = transformers.LlamaForCausalLM.from_pretrained(tmp_path / "ours").eval()
    ids = words()[0]
    assert_close(back(ids).logits, theirs(ids).logits)
    assert llama.from_pretrained(tmp_path / "ours").config == ours.config


def config_with(folder, **entries):
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8")) | entries
    path.write_text(json.dumps(config), encoding="utf-8")


def test_configurations_of_earlier_versions_are_read(folder):
    config_with(folder, rope_parameters=None, rope_theta=5_000.0, rope_scaling=None, colour="blue")
    assert llama.from_pretrained(folder).config.rotary_base == 5_000.0


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"rope_parameters": {"rope_type": "llama3"}}, "rope_type 'default'.* received 'llama3'"),
        (
            {"rope_parameters": None, "rope_scaling": {"type": "linear", "factor": 2.0}},
            "rope_type 'default'.* received 'linear'",
        ),
        ({"attention_bias": True}, "attention_bias False; received True"),
        ({"hidden_act": "gelu"}, "hidden_act 'silu'; received 'gelu'"),
        ({"architectures": ["MistralForCausalLM"]}, "LlamaForCausalLM under architectures"),
    ],
    ids=str,
)
def test_other_kinds_are_refused(folder, entries, message):
    config_with(folder, **entries)
    with pytest.raises(CourseError, match=message):
        llama.from_pretrained(folder)


# in billions; of the others the paper's table 2 says 6.7, 13.0, 32.5 and 65.2
COUNTS = {"llama-7b": 6.7, "llama-13b": 13.0, "llama-33b": 32.5, "llama-65b": 65.3}


@pytest.mark.parametrize(("name", "expected"), COUNTS.items())
def test_published_sizes_are_counted(name, expected):
    assert round(llama.n_parameters(name) / 1e9, 1) == expected


def test_the_smallest_is_counted_by_hand():
    """Golden: a table, in each of 30 blocks 2 · 576 rows, 2 · 192 shared ones, three of 1,536."""
    D = 576
    block = 2 * D * D + 2 * 192 * D + 3 * 1_536 * D + 2 * D
    assert llama.n_parameters("smollm2-135m") == 49_152 * D + 30 * block + D == 134_515_008


def test_wrong_use_is_refused(ours):
    with pytest.raises(CourseError, match="did you mean 'llama-7b'"):
        llama.n_parameters("llama-7")
    with pytest.raises(TypeError, match="atention_mask"):
        ours(words()[0], atention_mask=None)
    with pytest.raises(ValueError, match="n_layers must be 1 or more"):
        LlamaConfig(n_layers=0)
    with pytest.raises(ValueError, match="n_heads=4 must be divisible by n_key_heads=3"):
        Llama(LlamaConfig(vocab_size=V, d_model=12, n_heads=4))


def test_a_new_model_scores_words_alike():
    model = Llama(LlamaConfig.tiny(V))
    loss = model(words()[0], labels=words()[0]).loss
    assert_close(loss.item(), torch.tensor(float(V)).log().item(), atol=0.2, rtol=0)
