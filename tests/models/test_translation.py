"""Does the translation model hide what it must, and does its cache give the same scores?"""

from dataclasses import replace

import pytest
import torch
from torch.testing import assert_close

from course_lib.layers.masks import assert_causal
from course_lib.models.decoding import beam_search, greedy, greedy_batch
from course_lib.models.translation import Transformer, TransformerConfig

V, B, S, T = 17, 3, 7, 5
CONFIG = TransformerConfig(
    vocab_size=V, d_model=12, n_heads=3, d_ff=19, n_layers=2, max_len=30, dropout=0.0
)
VARIANTS = [
    CONFIG,
    replace(CONFIG, norm_first=True, tied=False),
    replace(CONFIG, fused=True, activation="gelu"),
]


@pytest.fixture(params=VARIANTS, ids=["plain", "pre-norm", "fused"])
def model(request):
    torch.manual_seed(0)
    return Transformer(request.param).eval()


def ids(n):
    return torch.randint(1, V, (B, n), generator=torch.Generator().manual_seed(n))


def test_what_is_ahead_in_the_target_is_hidden(model):
    class Target(torch.nn.Module):
        def forward(self, target_ids):
            return model(ids(S), target_ids)

    assert_causal(Target(), ids(T))


def test_padding_in_the_source_changes_nothing(model):
    source = ids(S)
    longer = torch.cat([source, torch.zeros(B, 3, dtype=torch.long)], dim=1)
    assert_close(model(longer, ids(T)), model(source, ids(T)))
    target = torch.cat([ids(T), torch.zeros(B, 2, dtype=torch.long)], dim=1)
    assert_close(model(source, target)[:, :T], model(source, ids(T)))


def test_the_source_and_its_order_matter(model):
    source = ids(S)
    assert (model(source.flip(1), ids(T)) - model(source, ids(T))).abs().max() > 1e-3


def test_tied_tables_are_one():
    tied, untied = (Transformer(replace(CONFIG, tied=t)) for t in (True, False))
    sizes = [sum(p.numel() for p in m.parameters()) for m in (tied, untied)]
    assert sizes[1] - sizes[0] == 2 * V * CONFIG.d_model


def test_the_papers_base_model_has_its_size():
    """The paper's table 3 says 65 million, with a vocabulary of about 37,000 pieces."""
    with torch.device("meta"):
        model = Transformer(TransformerConfig.base(37_000))
    assert 62e6 < sum(p.numel() for p in model.parameters()) < 66e6


def test_cached_steps_give_the_scores_of_the_whole(model):
    source, target = ids(S), ids(T)
    expected = model(source, target).log_softmax(dim=-1)
    step = model.decoder(source)
    for n in (1, 2, 4, 5):
        assert_close(step(target[:, :n]), expected[:, n - 1])
    rows = torch.tensor([2, 0])
    step.reorder(rows)
    longer = torch.cat([target[rows], torch.ones(2, 1, dtype=torch.long)], dim=1)
    assert_close(step(longer), model(source[rows], longer).log_softmax(dim=-1)[:, -1])
    with pytest.raises(ValueError, match="6 places were seen before, received 6"):
        step(longer)


def plain_step(model, source):
    return lambda rows: model(source.expand(len(rows), -1), rows)[:, -1].log_softmax(dim=-1)


def test_searches_find_the_same_with_and_without_cache(model):
    prefix = torch.tensor([1])
    for source in ids(S).split(1):
        with torch.no_grad():
            expected = greedy(plain_step(model, source), prefix, 2, 9)
            beams = beam_search(plain_step(model, source), prefix, 2, 4, 9, 0.6)
        assert_close(greedy(model.decoder(source), prefix, 2, 9), expected)
        found = beam_search(model.decoder(source), prefix, 2, 4, 9, 0.6)
        for (a, p), (b, q) in zip(found, beams, strict=True):
            assert_close(a, b)
            assert p == pytest.approx(q, abs=1e-5)


def test_a_batch_is_decoded_as_its_rows_are(model):
    source, prefix = ids(S), torch.tensor([1])
    alone = [greedy(model.decoder(row), prefix, 2, 12) for row in source.split(1)]
    together = greedy_batch(model.decoder(source), prefix.expand(B, 1), 2, 12)
    for a, b in zip(alone, together, strict=True):
        assert_close(a, b)


def test_texts_beyond_the_last_position_are_refused(model):
    with pytest.raises(ValueError, match="there are 30 positions, received a text of 31 places"):
        model(ids(31), ids(T))


def test_wrong_sizes_are_refused():
    with pytest.raises(ValueError, match="pad_id must lie between 0 and 16, received 17"):
        replace(CONFIG, pad_id=17)
    with pytest.raises(ValueError, match="n_layers must be 1 or more, received 0"):
        replace(CONFIG, n_layers=0)
    with pytest.raises(ValueError, match="d_model=12 must be divisible by n_heads=5"):
        Transformer(replace(CONFIG, n_heads=5))
