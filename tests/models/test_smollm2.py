"""Does SmolLM2-135M write with our llama what it writes with transformers?

The expected ids and numbers were taken from transformers 5.23 on the same file.
"""

import pytest
import torch

from course_lib.models import llama
from course_lib.training.published import published_weights

pytestmark = pytest.mark.needs_model("smollm2")
CHAT = "<|im_start|>user\nWhat is two plus three?<|im_end|>\n<|im_start|>assistant\n"
GREEDY = {
    "The capital of France is": [7042, 30, 198, 198, 504, 2988, 314, 42, 216, 34],
    "def fibonacci(n):\n": [198, 1604, 3987, 46477, 24, 94, 727, 472, 585, 304],
    "L'été, les cafés": [262, 1866, 32564, 709, 370, 30, 198, 198, 60, 23],
    CHAT: [10345, 8055, 1296, 314, 253, 8170, 1183, 282, 253, 7132],
}
BEST = {"The capital of France is": -0.2581, "Once upon a time": -0.0755, "E = mc": -2.0899}
IDS = {
    "12 345  67": [33, 34, 216, 35, 36, 37, 216, 216, 38, 39],
    "x²³½ ⅧⅧ": [104, 19133, 39050, 16738, 4636, 223, 117, 173, 223, 117],
    "<|im_start|>user\nHi<|im_end|>": [1, 4093, 198, 26843, 2],
    "a\x04b": [81, 82],
}


@pytest.fixture(scope="module")
def read():
    return llama.from_gguf(published_weights("smollm2"))


def test_what_the_file_says(read):
    model, tokenizer = read
    assert sum(p.numel() for p in model.parameters()) == 134_515_008
    assert llama.n_parameters("smollm2-135m") == 134_515_008
    assert (model.config.bos_id, model.config.eos_id, model.config.pad_id) == (1, 2, 2)
    assert len(tokenizer) == model.config.vocab_size == 49_152
    assert tokenizer.special_tokens["<|im_end|>"] == model.config.eos_id


@pytest.mark.parametrize(("text", "ids"), IDS.items())
def test_ids(read, text, ids):
    assert read[1].encode(text) == ids
    assert read[1].decode(ids) == text.replace("\x04", "")


@pytest.mark.parametrize(("prompt", "expected"), GREEDY.items())
def test_greedy_words(read, prompt, expected):
    model, tokenizer = read
    ids = torch.tensor([tokenizer.encode(prompt)])
    assert model.generate(ids, len(expected), 0.0)[0, ids.shape[1] :].tolist() == expected


def test_prompts_of_several_lengths_go_together(read):
    model, tokenizer = read
    prompts = [tokenizer.encode(prompt) for prompt in GREEDY]
    width = max(map(len, prompts))
    ids = torch.tensor([[2] * (width - len(own)) + own for own in prompts])
    mask = torch.tensor([[0] * (width - len(own)) + [1] * len(own) for own in prompts])
    found = model.generate(ids, 10, 0.0, attention_mask=mask)[:, width:]
    assert found.tolist() == list(GREEDY.values())


@pytest.mark.parametrize(("prompt", "expected"), BEST.items())
def test_log_probability_of_the_likeliest_word(read, prompt, expected):
    model, tokenizer = read
    with torch.no_grad():
        logits = model(torch.tensor([tokenizer.encode(prompt)])).logits[0, -1]
    assert float(logits.log_softmax(-1).max()) == pytest.approx(expected, abs=1e-4)
