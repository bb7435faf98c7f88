"""Is a text's vector the mean of its words, of length 1, and on MiniLM the reference's?"""

import pytest
import torch
import transformers
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from course_lib.models import bert
from course_lib.models.sentence_vectors import mean_pooled
from course_lib.training.published import published_folder

SENTENCES = [
    "The kernel schedules the processes.",
    "Linux is an operating system.",
    "A kernel of corn lay on the plate.",
    "She plotted the second axis of the array.",
    "The figure has two axes and a legend.",
    "He turned his head.",
    "The head of the list is removed first.",
    "Wer hat Äpfel gekauft?",
    "How do I read a file line by line?",
    "Open it and loop over the lines.",
    "No.",
    "A longer sentence, with commas, numbers such as 1,024 and 3.14, and a (short) aside: done!",
]


def test_by_hand():
    """Golden: words (3, 0), (3, 8) have the mean (3, 4), of length 5; padding is not read."""
    states = torch.tensor([[[3.0, 0], [3, 8], [torch.nan, 7]], [[1, 1], [2, 2], [0, 5]]])
    mask = torch.tensor([[1, 1, 0], [0, 0, 0]])
    assert_close(mean_pooled(states, mask), torch.tensor([[0.6, 0.8], [0, 0]]))


@given(st.integers(1, 5), st.integers(0, 7))
def test_padding_changes_nothing(n_words, n_padding):
    states = torch.randn(3, n_words + n_padding, 11, generator=torch.Generator().manual_seed(1))
    mask = (torch.arange(n_words + n_padding) < n_words).expand(3, -1)
    alone = mean_pooled(states[:, :n_words], mask[:, :n_words])
    assert_close(mean_pooled(states, mask), alone)
    assert_close(alone.norm(dim=-1), torch.ones(3))


@pytest.mark.needs_model("minilm")
def test_minilm_gives_the_references_vectors():
    folder = published_folder("minilm")
    ours = bert.from_pretrained(folder)
    theirs = transformers.BertModel.from_pretrained(folder).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    batch = tokenizer(SENTENCES, padding=True, return_tensors="pt")
    mask = batch["attention_mask"]
    with torch.no_grad():
        own, other = (model(**batch).last_hidden_state for model in (ours, theirs))
    mean = (other * mask[..., None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
    expected = mean / mean.norm(dim=-1, keepdim=True)
    assert_close(mean_pooled(own, mask), expected, rtol=0, atol=1e-5)
    similar = expected @ expected.T
    assert similar[8, 9] > similar[8, 10]
