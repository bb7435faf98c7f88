"""Is our GPT transformers' GPT-2: numbers, files and what it writes?"""

import copy
import json

import pytest
import torch
import transformers
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch.nn import functional as F
from torch.testing import assert_close

import course_lib.vision.torchvision  # noqa: F401  (transformers would import a broken one)
from course_lib.errors import CorruptFileError, CourseError
from course_lib.layers.masks import assert_causal
from course_lib.models import gpt
from course_lib.models.causal_decoder import NextWord
from course_lib.models.decoding import beam_search, greedy
from course_lib.models.gpt import Gpt
from course_lib.models.gpt_config import GptConfig
from tests.models.hub_files import in_shards, rename, saved

V, B, T = 29, 3, 11
SIZES = {"vocab_size": V, "n_positions": 23, "n_embd": 12, "n_layer": 2, "n_head": 3}
NO_MARKS = {"bos_token_id": None, "eos_token_id": None}


def their_model(**options):
    torch.manual_seed(0)
    theirs = transformers.GPT2LMHeadModel(
        transformers.GPT2Config(**SIZES | NO_MARKS | options)
    ).eval()
    for parameter in theirs.parameters():  # its biases are zeros and its norms ones
        torch.nn.init.normal_(parameter, std=0.3)
    return theirs


@pytest.fixture(scope="module")
def theirs():
    return their_model()


@pytest.fixture
def folder(theirs, tmp_path):
    return saved(theirs, tmp_path / "gpt2")


@pytest.fixture
def ours(folder):
    return gpt.from_pretrained(folder)


def words(n_hidden=4):
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(V, (B, T), generator=generator)
    mask = torch.ones(B, T, dtype=torch.long)
    mask[1, :n_hidden] = 0
    mask[2, -2:] = 0
    return ids, mask


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_logits_loss_states_and_gradients_are_theirs(theirs, ours, masked, dtype):
    theirs, ours = copy.deepcopy(theirs).to(dtype), ours.to(dtype)
    ids, mask = words()
    given = {"attention_mask": mask} if masked else {}
    labels = ids.masked_fill(mask == 0, -100)
    a = ours(ids, labels=labels, output_hidden_states=True, **given)
    b = theirs(ids, labels=labels, output_hidden_states=True, **given)
    assert_close(a.logits, b.logits)
    assert_close(a.loss, b.loss, check_dtype=False)  # theirs is always float32
    assert len(a.hidden_states) == len(b.hidden_states) == 3
    for own, other in zip(a.hidden_states, b.hidden_states, strict=True):
        assert_close(own, other)
    for found in (a, b):
        F.cross_entropy(found.logits[:, :-1].mT, labels[:, 1:]).backward()
    attention = ours.layers[1].self_attention
    joined = [attention.query_proj, attention.key_proj, attention.value_proj]
    c_attn = theirs.transformer.h[1].attn.c_attn
    assert_close(torch.cat([p.weight.grad for p in joined]).T, c_attn.weight.grad)
    assert_close(torch.cat([p.bias.grad for p in joined]), c_attn.bias.grad)
    assert_close(ours.embedding.weight.grad, theirs.transformer.wte.weight.grad)
    assert_close(ours.positions.weight.grad, theirs.transformer.wpe.weight.grad)


def test_maps_are_those_of_their_explicit_attention(theirs, ours):
    theirs.set_attn_implementation("eager")
    ids, mask = words()
    a = ours(ids, attention_mask=mask, output_attentions=True)
    b = theirs(ids, attention_mask=mask, output_attentions=True)
    theirs.set_attn_implementation("sdpa")
    assert len(a.attentions) == len(b.attentions) == 2
    for own, other in zip(a.attentions, b.attentions, strict=True):
        assert own.shape == (B, 3, T, T)
        assert_close(own[[0, 2]], other[[0, 2]])
        # row 1 begins with padding, whose places look at nothing: ours are zeros
        assert_close(own[1, :, 4:], other[1, :, 4:])
        assert own[1, :, :4].count_nonzero() == 0


def test_positions_may_be_given(theirs, ours):
    ids, mask = words()
    places = (mask.cumsum(1) - 1).clamp(min=0)
    a, b = (m(ids, attention_mask=mask, position_ids=places) for m in (ours, theirs))
    assert_close(a.logits, b.logits)
    assert_close(a.logits[1, 4:], ours(ids[1:2, 4:]).logits[0])


@pytest.mark.parametrize("cached", [True, False])
def test_greedy_words_are_theirs_also_behind_padding(theirs, ours, cached):
    ids, mask = words()
    mask[2] = 1
    expected = theirs.generate(ids, attention_mask=mask, max_new_tokens=9, do_sample=False)
    assert_close(ours.generate(ids, 9, 0.0, attention_mask=mask, use_cache=cached), expected)


def test_a_row_ends_with_its_mark_as_theirs(ours, tmp_path):
    generator = torch.Generator().manual_seed(2)
    ids = torch.randint(V, (40, 3), generator=generator)
    rows_with = [int((ours.generate(ids, 12, 0.0)[:, 3:] == i).any(dim=1).sum()) for i in range(V)]
    mark = next(i for i, n in enumerate(rows_with) if 0 < n < 40)
    theirs = their_model(eos_token_id=mark)
    ours = gpt.from_pretrained(saved(theirs, tmp_path))
    assert ours.config.eos_id == mark
    given = {"attention_mask": torch.ones_like(ids), "max_new_tokens": 12, "do_sample": False}
    found = ours.generate(ids, 12, 0.0)
    assert_close(found, theirs.generate(ids, **given))
    assert 0 < int((found[:, 3:] == mark).any(dim=1).sum()) < 40


def test_drawing_is_repeatable_and_like_the_probabilities(ours):
    prompt = torch.tensor([[3, 5]]).expand(4_000, 2)
    drawn = ours.generate(prompt, 1, generator=torch.Generator().manual_seed(0))[:, -1]
    again = ours.generate(prompt, 1, generator=torch.Generator().manual_seed(0))[:, -1]
    assert_close(drawn, again)
    p = ours(prompt[:1]).logits[0, -1].detach().softmax(-1)
    shares = torch.bincount(drawn, minlength=V) / len(drawn)
    assert float((shares - p).abs().max()) < 4 * (0.25 / 4_000) ** 0.5


def test_searches_of_chapter_12_take_its_steps(ours):
    prefix = torch.tensor([3, 5, 7])
    expected = ours.generate(prefix[None], 6, 0.0)[0]
    assert_close(greedy(NextWord(ours), prefix, -1, 6), expected)

    def plain(ids):
        return NextWord(ours, use_cache=False)(ids).log_softmax(-1)

    cached = NextWord(ours)

    def log_probs(ids):
        return cached(ids).log_softmax(-1)

    log_probs.reorder = cached.reorder
    a = beam_search(log_probs, prefix, -1, 3, 5)
    b = beam_search(plain, prefix, -1, 3, 5)
    assert [ids.tolist() for ids, _ in a] == [ids.tolist() for ids, _ in b]


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
    back = transformers.GPT2LMHeadModel.from_pretrained(tmp_path / "ours").eval()
    ids, mask = words()
    assert_close(back(ids, attention_mask=mask).logits, theirs(ids, attention_mask=mask).logits)


def old_name(name):
    """The first files: no prefix, and the masks among the weights."""
    plain = name.removeprefix("transformer.")
    if plain.endswith("attn.c_attn.bias"):
        return [plain, plain.replace("c_attn.bias", "bias"), plain.replace("c_attn", "masked")]
    return [plain, "lm_head.weight"] if plain == "wte.weight" else plain


@pytest.mark.parametrize("age", ["old", "doubled", "shards"])
def test_older_and_larger_files_are_read(theirs, folder, age):
    if age == "old":
        rename(folder, old_name)
    if age == "doubled":
        rename(folder, lambda name: [name, "lm_head.weight"] if "wte" in name else name)
    if age == "shards":
        in_shards(folder)
    ids, mask = words()
    ours = gpt.from_pretrained(folder)
    assert_close(ours(ids, attention_mask=mask).logits, theirs(ids, attention_mask=mask).logits)


def test_a_second_table_of_other_numbers_is_refused(folder):
    path = folder / "model.safetensors"
    tensors = load_file(path)
    tensors["lm_head.weight"] = tensors["transformer.wte.weight"] + 1
    save_file(tensors, path)
    with pytest.raises(CourseError, match=r"the same numbers in transformer.wte.weight and lm_h"):
        gpt.from_pretrained(folder)


def test_an_untrained_model_begins_as_the_paper_says():
    torch.manual_seed(0)
    model = Gpt(GptConfig(vocab_size=500, d_model=64, n_heads=4, n_layers=8))
    for name, parameter in model.named_parameters():
        if parameter.dim() == 2:
            expected = 0.02 / 4 if "output_proj" in name else 0.02  # 16 parts add to the sum
            assert_close(parameter.std(), torch.tensor(expected), rtol=0.1, atol=0.0)
        else:
            assert torch.all(parameter == (0.0 if name.endswith("bias") else 1.0)), name


def config_with(folder, **entries):
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8")) | entries
    path.write_text(json.dumps(config), encoding="utf-8")


def test_unknown_entries_are_ignored_and_other_kinds_refused(theirs, folder):
    config_with(folder, colour="blue")
    assert gpt.from_pretrained(folder).config.n_layers == 2
    config_with(folder, scale_attn_by_inverse_layer_idx=True)
    with pytest.raises(CourseError, match="scale_attn_by_inverse_layer_idx False"):
        gpt.from_pretrained(folder)
    config_with(folder, scale_attn_by_inverse_layer_idx=False, activation_function="tanh")
    with pytest.raises(CourseError, match="activation_function among gelu_new"):
        gpt.from_pretrained(folder)
    config_with(folder, activation_function="gelu_new", architectures=["BertModel"])
    with pytest.raises(CourseError, match="GPT2LMHeadModel under architectures; received Bert"):
        gpt.from_pretrained(folder)


def test_files_that_do_not_fit_are_named(folder, tmp_path):
    with pytest.raises(CourseError, match=r"a folder with config.json"):
        gpt.from_pretrained(tmp_path / "nowhere")
    config_with(folder, n_positions=24)
    with pytest.raises(CourseError, match=r"transformer.wpe.weight of shape \(24, 12\)"):
        gpt.from_pretrained(folder)
    config_with(folder, n_positions=23, n_layer=3)
    with pytest.raises(CourseError, match=r"no transformer.h.2.ln_1.weight, .* and 9 more"):
        gpt.from_pretrained(folder)
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(CorruptFileError, match=r"model.safetensors: "):
        gpt.from_pretrained(folder)
    path.unlink()
    with pytest.raises(CourseError, match="no such file"):
        gpt.from_pretrained(folder)


COUNTS = {
    "gpt": 116_534_784,
    "gpt2": 124_439_808,
    "gpt2-medium": 354_823_168,
    "gpt2-large": 774_030_080,
    "gpt2-xl": 1_557_611_200,
    "gpt3-small": 125_226_240,
    "gpt3-6.7b": 6_658_404_352,
}


@pytest.mark.parametrize(("name", "expected"), COUNTS.items())
def test_published_sizes_are_counted(name, expected):
    assert gpt.n_parameters(name) == expected


def test_gpt3s_largest_is_counted_by_hand():
    """Golden: tables of 50,257 and 2,048 rows; in each of 96 blocks 12 D² weights and 13 D more."""
    D = 12_288
    expected = (50_257 + 2_048) * D + 96 * (12 * D * D + 13 * D) + 2 * D
    assert gpt.n_parameters("gpt3-175b") == expected


def test_gpt_1_puts_its_norms_behind():
    config = GptConfig.named("gpt")
    assert not config.norm_first
    model = Gpt(GptConfig(vocab_size=V, d_model=12, n_heads=3, n_layers=2, norm_first=False))
    hidden = model.eval().hidden(words()[0])
    assert_close(hidden.mean(-1), torch.zeros(B, T), atol=1e-6, rtol=0)


def test_wrong_use_is_refused(ours):
    with pytest.raises(CourseError, match="did you mean 'gpt2-xl'"):
        gpt.n_parameters("gpt2-xxl")
    with pytest.raises(ValueError, match="23 positions, received a text of 24 places"):
        ours(torch.zeros(1, 24, dtype=torch.long))
    with pytest.raises(TypeError, match="atention_mask"):
        ours(words()[0], atention_mask=None)
    with pytest.raises(ValueError, match="n_layers must be 1 or more"):
        GptConfig(n_layers=0)
