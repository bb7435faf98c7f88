"""Are llama.cpp's files read as transformers reads them: weights of every packing, and words?"""

import copy
import sys

import gguf
import numpy as np
import pytest
import torch
import transformers
from gguf.quants import dequantize, quantize
from hypothesis import given
from hypothesis import strategies as st
from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence
from torch.testing import assert_close

import course_lib.vision.torchvision  # noqa: F401  (transformers would import a broken one)
from course_lib.errors import CorruptFileError, CourseError
from course_lib.models import llama
from course_lib.models.gguf_blocks import UNPACK
from tests.models import gguf_files
from tests.models.gguf_files import MARKS, PIECES, config, random_llama, write

IDS = torch.randint(len(PIECES), (3, 7), generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def tokenizers(tmp_path_factory):
    """Give both readings of one file for each pattern of words."""
    found = {}
    for words in ("smollm", "llama-bpe", None):
        folder = tmp_path_factory.mktemp("words")
        given = {"entries": {"tokenizer.ggml.pre": words}} if words else {}
        out = () if words else ("tokenizer.ggml.pre",)
        path = write(folder / "tiny.gguf", random_llama(), left_out=out, **given)
        theirs = transformers.AutoTokenizer.from_pretrained(folder, gguf_file=path.name)
        found[words] = llama.from_gguf(path)[1], theirs
    return found


@pytest.mark.parametrize("packing", list(UNPACK))
def test_blocks_are_those_of_the_package(packing):
    kind = gguf.GGMLQuantizationType[packing]
    x = np.random.default_rng(0).standard_normal((7, 3 * 32)).astype(np.float32)
    packed = quantize(x, kind)
    raw = torch.from_numpy(packed.reshape(-1).view(np.uint8).copy())
    found = UNPACK[packing](raw).reshape(x.shape)
    assert torch.equal(found, torch.from_numpy(dequantize(packed, kind)))


def test_blocks_by_hand():
    """Golden: scale 2 (16 bits: 0, 64), lowest 1 (0, 60); the first byte holds 3 and, far on, 5."""
    scale, lowest = [0, 64], [0, 60]
    raw = torch.tensor(scale + lowest + [3 + 16 * 5] + [0] * 15, dtype=torch.uint8)
    expected = torch.ones(1, 32)
    expected[0, 0], expected[0, 16] = 2 * 3 + 1, 2 * 5 + 1
    assert_close(UNPACK["Q4_1"](raw), expected)
    raw = torch.tensor(scale + [3 + 16 * 5] + [8 + 16 * 8] * 15, dtype=torch.uint8)
    expected = torch.zeros(1, 32)
    expected[0, 0], expected[0, 16] = 2 * (3 - 8), 2 * (5 - 8)
    assert_close(UNPACK["Q4_0"](raw), expected)
    raw = torch.tensor(scale + [255] + [0] * 31, dtype=torch.uint8)
    assert UNPACK["Q8_0"](raw)[0, :2].tolist() == [-2.0, 0.0]


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("packing", list(UNPACK))
def test_weights_are_those_that_transformers_reads(packing, tied, tmp_path):
    path = write(tmp_path / "tiny.gguf", random_llama(tied=tied), packing)
    ours, _ = llama.from_gguf(path)
    theirs = transformers.AutoModelForCausalLM.from_pretrained(tmp_path, gguf_file=path.name).eval()
    assert theirs.config.tie_word_embeddings is tied
    assert_close(ours(IDS).logits, theirs(IDS).logits)
    mask = torch.ones_like(IDS)
    expected = theirs.generate(IDS, attention_mask=mask, max_new_tokens=9, do_sample=False)
    assert_close(ours.generate(IDS, 9, 0.0), expected)


def test_plain_floats_come_back_whole(tmp_path):
    model = random_llama(tied=False)
    read, _ = llama.from_gguf(write(tmp_path / "tiny.gguf", model))
    assert read.config == model.config
    assert not read.training
    for (name, own), (_, other) in zip(
        read.named_parameters(), model.named_parameters(), strict=True
    ):
        assert torch.equal(own, other), name
        assert own.requires_grad


def test_a_folder_written_from_a_file_is_transformers(tmp_path):
    ours, _ = llama.from_gguf(write(tmp_path / "tiny.gguf", random_llama(), "Q8_0"))
    ours.save_pretrained(tmp_path / "folder")
    theirs = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "folder").eval()
    assert_close(ours(IDS).logits, theirs(IDS).logits)
    assert llama.from_pretrained(tmp_path / "folder").config == config(d_head=16)


PARTS = st.sampled_from([*MARKS, " lower", "\n\n", "  1", "1919", "'LL", "'ll", "é", "고", "\x04"])


@pytest.mark.parametrize("words", ["smollm", "llama-bpe", None])
@given(text=st.text() | st.text("lower 19\n\t'sLé²", max_size=30) | st.lists(PARTS).map("".join))
def test_ids_are_theirs_for_any_text(tokenizers, words, text):
    ours, theirs = tokenizers[words]
    assert ours.encode(text) == theirs.encode(text)


@pytest.fixture(scope="module")
def with_single_digits(tokenizers, tmp_path_factory):
    """Ours, and theirs as SmolLM2's own tokenizer.json has it: digits first, then GPT-2's words."""
    path = write(tmp_path_factory.mktemp("digits") / "tiny.gguf", random_llama())
    theirs = copy.deepcopy(tokenizers["smollm"][1].backend_tokenizer)
    first = Digits(individual_digits=True)
    theirs.pre_tokenizer = Sequence([first, ByteLevel(add_prefix_space=False)])
    return llama.from_gguf(path, single_digits=True)[1], theirs


@given(text=st.text() | st.text("lower 19\n\t'sLé²", max_size=30) | st.lists(PARTS).map("".join))
def test_digits_may_be_cut_out_first_as_in_training(with_single_digits, text):
    ours, theirs = with_single_digits
    assert ours.encode(text) == theirs.encode(text).ids


def test_spaces_before_a_digit_belong_together(tokenizers, with_single_digits):
    """Golden: the last of two spaces belongs to the word behind it, but not to a digit."""
    assert tokenizers["smollm"][0].tokenize("l  19 l") == ["l", "Ġ", "Ġ", "19", "Ġl"]
    assert with_single_digits[0].tokenize("l  19 l") == ["l", "ĠĠ", "1", "9", "Ġl"]


def test_marks_are_found_the_longer_one_first(tokenizers):
    ours, _ = tokenizers["smollm"]
    assert ours.encode("<|start|>") == [1]
    assert ours.tokenize("ll<|end|>s<|end|>") == ["ll", "<|end|>s", "<|end|>"]
    assert ours.decode(ours.encode("<|end|>s é")) == "<|end|>s é"


def test_pieces_that_users_define_are_marks_and_wrong_labels_are_not(tmp_path):
    kinds = [3, 4, 3] + [1] * (len(PIECES) - 4) + [3]
    pieces = [*PIECES[:-1], "a b"]
    given = {"tokenizer.ggml.tokens": pieces, "tokenizer.ggml.token_type": kinds}
    out = {"tokenizer.ggml.merges": gguf_files.MERGES[:-1]}
    path = write(tmp_path / "tiny.gguf", random_llama(), entries=given | out)
    _, ours = llama.from_gguf(path)
    theirs = transformers.AutoTokenizer.from_pretrained(tmp_path, gguf_file=path.name)
    assert sorted(ours.special_tokens) == sorted(MARKS)
    assert ours.encode("<|start|>a b") == theirs.encode("<|start|>a b")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"entries": {"general.architecture": "qwen2"}}, "'llama'; received 'qwen2' in tiny.gguf"),
        ({"entries": {"llama.rope.scaling.type": "linear"}}, "received rope.scaling.type linear"),
        ({"entries": {"llama.expert_count": 8}}, "no experts; received expert_count 8"),
        ({"entries": {"llama.rope.dimension_count": 8}}, "partial.*rope.dimension_count 8"),
        ({"entries": {"llama.attention.head_count_kv": [3, 1]}}, "head_count_kv for all blocks"),
        ({"entries": {"tokenizer.ggml.model": "llama"}}, "'gpt2', byte pairs; received 'llama'"),
        ({"entries": {"tokenizer.ggml.pre": "tekken"}}, "pre among default, .*received 'tekken'"),
        ({"entries": {"tokenizer.ggml.merges": ["l Q"]}}, "tokens has; received l Q in"),
        ({"left_out": ("llama.block_count",)}, "an entry llama.block_count; received none"),
        ({"left_out": ("blk.1.ffn_up.weight",)}, "a tensor blk.1.ffn_up.weight; received none"),
        ({"left_out": ("token_embd.weight",)}, "a tensor token_embd.weight; received none"),
        ({"extra": {"rope_freqs.weight": np.ones(8, np.float32)}}, "also rope_freqs.weight"),
        ({"extra": {"blk.0.attn_q.bias": np.ones(96, np.float32)}}, "also blk.0.attn_q.bias"),
        ({"entries": {"llama.feed_forward_length": 192}}, r"of shape \(192, 96\).*\(160, 96\)"),
        ({"packing": "Q5_0"}, "F32, F16, Q8_0, Q4_0, Q4_1; received Q5_0 for token_embd"),
    ],
    ids=str,
)
def test_what_is_not_read_is_one_error(tmp_path, options, message):
    path = write(tmp_path / "tiny.gguf", random_llama(), **options)
    with pytest.raises(CourseError, match=message):
        llama.from_gguf(path)


def test_no_scaling_may_be_said(tmp_path):
    said = {"llama.rope.scaling.type": "none", "llama.expert_count": 0}
    model = random_llama()
    read, _ = llama.from_gguf(write(tmp_path / "tiny.gguf", model, entries=said))
    assert_close(read(IDS).logits, model(IDS).logits)


def test_what_is_no_such_file(tmp_path, monkeypatch):
    with pytest.raises(CourseError, match=r"a GGUF file; received .*No such file"):
        llama.from_gguf(tmp_path / "nowhere.gguf")
    path = write(tmp_path / "tiny.gguf", random_llama())
    whole = path.read_bytes()
    for wrong in (b"", b"not one", whole[:50], whole[:5_000], whole[: len(whole) - 999]):
        path.write_bytes(wrong)
        with pytest.raises(CorruptFileError, match=r"a whole GGUF file; received tiny\.gguf"):
            llama.from_gguf(path)
    monkeypatch.setitem(sys.modules, "gguf", None)
    with pytest.raises(CourseError, match=r"pip install 'course-lib\[models\]'"):
        llama.from_gguf(path)
