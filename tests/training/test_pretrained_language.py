"""Does a language model come back from a checkpoint with its words, and say the same?"""

import pytest
import torch
from torch.testing import assert_close

from course_lib.models.awd_lstm import AwdLstmConfig
from course_lib.models.ulmfit import LanguageModel
from course_lib.text.vocabulary import Vocabulary
from course_lib.training import pretrained_language, weights
from course_lib.training.pretrained_language import from_state, language_state

WORDS = Vocabulary(["<pad>", "<unk>", "</s>", "naïve", "고양이", "it's", "a"])


def model(vocab_size: int = len(WORDS)) -> LanguageModel:
    torch.manual_seed(0)
    config = AwdLstmConfig(vocab_size=vocab_size, d_model=5, d_hidden=11, n_layers=2)
    return LanguageModel(config).eval()


def test_round_trip_keeps_words_sizes_and_answers():
    again, words = from_state(language_state(model(), WORDS), drops=0.5)
    assert words == WORDS
    assert again.encoder.config.widths == [5, 11, 5]
    assert again.encoder.config.weight_drop == 0.25
    ids = torch.tensor([[3, 4, 2]])
    assert_close(again(ids)[0], model()(ids)[0])


def test_a_checkpoint_holds_words_and_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "CHECKPOINT_DIR", tmp_path)
    fields = dict.fromkeys(weights.Card.__dataclass_fields__, "") | {"name": "toy", "classes": []}
    weights.save_checkpoint(language_state(model(), WORDS), weights.Card(**fields))
    again, words = pretrained_language.language_model("toy")
    assert words == WORDS
    ids = torch.tensor([[3, 4, 2]])
    assert_close(again(ids)[0], model()(ids)[0], atol=2e-3, rtol=0)  # weights are 16-bit floats


def test_a_line_break_in_a_token_and_a_table_that_does_not_fit_are_refused():
    with pytest.raises(ValueError, match="line break"):
        language_state(model(3), Vocabulary(["<unk>", "a\nb", "c"]))
    with pytest.raises(ValueError, match="7 tokens, the model's table 3 rows"):
        language_state(model(3), WORDS)
