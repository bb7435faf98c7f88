"""Does a checkpoint of a causal language model give back model and tokenizer?"""

import pytest
import torch
from torch.testing import assert_close

from course_lib.data.sentence_pairs import BEGIN, END, PAD
from course_lib.models.causal_lm import CausalLm, CausalLmConfig
from course_lib.models.gpt import Gpt
from course_lib.models.gpt_config import GptConfig
from course_lib.models.translation import Transformer, TransformerConfig
from course_lib.text.bpe import BytePairTokenizer
from course_lib.training.pretrained_pieces import (
    causal_from,
    gpt_from,
    pieces_state,
    translator_from,
)

TOKENIZER = BytePairTokenizer.train(["naïve 고양이 low lower lowest"] * 3, 270, ["</s>"])


def model_of(vocab_size):
    torch.manual_seed(0)
    sizes = {"d_model": 12, "n_heads": 3, "d_ff": 19, "positions": "t5"}
    return CausalLm(CausalLmConfig(vocab_size=vocab_size, **sizes))


def test_what_was_written_comes_back():
    model = model_of(len(TOKENIZER)).eval()
    back, tokenizer = causal_from(pieces_state(model, TOKENIZER))
    ids = torch.tensor([tokenizer.encode("lower 고양이</s>")])
    assert ids.tolist() == [TOKENIZER.encode("lower 고양이</s>")]
    assert_close(back(ids), model(ids))
    assert not back.training


def test_a_gpt_comes_back():
    torch.manual_seed(0)
    config = GptConfig(vocab_size=len(TOKENIZER), d_model=12, n_heads=3, n_layers=2, max_len=20)
    model = Gpt(config).eval()
    back, tokenizer = gpt_from(pieces_state(model, TOKENIZER))
    ids = torch.tensor([tokenizer.encode("lower")])
    assert_close(back(ids).logits, model(ids).logits)
    assert back.config == config
    assert not back.training


def test_a_table_of_another_size_is_refused():
    with pytest.raises(ValueError, match="the tokenizer has 270 pieces, the model's table 9 rows"):
        pieces_state(model_of(9), TOKENIZER)


def test_a_translation_model_comes_back_whether_its_tables_are_tied_or_not():
    tokenizer = BytePairTokenizer.train(["today heute " * 3], 270, [PAD, BEGIN, END])
    for tied in (True, False):
        torch.manual_seed(0)
        config = TransformerConfig(
            vocab_size=len(tokenizer), d_model=8, n_heads=2, d_ff=8, n_layers=1, tied=tied,
            pad_id=tokenizer.special_tokens[PAD],
        )  # fmt: skip
        model = Transformer(config).eval()
        state = pieces_state(model, tokenizer)
        assert sum("embedding" in name for name in state) == (1 if tied else 3)
        back = translator_from(state)
        source, target = torch.tensor([[3, 4, 5]]), torch.tensor([[6, 7]])
        assert_close(back.model(source, target), model(source, target))
        assert back.codec.pad_id == config.pad_id
        assert not back.model.training
