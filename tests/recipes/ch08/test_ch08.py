"""Do the recipes of chapter 8 compare what they say?"""

import sys

import pytest
import torch
from torch.testing import assert_close

from course_lib.recipes.ch08 import recall, variants
from course_lib.recipes.ch08.cost import in_a_process_of_its_own, in_turns, mebibytes_on_top


def test_all_ways_of_computing_heads_give_the_same():
    ways, _ = variants.ways(0)
    x = torch.randn(2, 5, variants.D_MODEL)
    expected = ways["one_product"](x)
    for way in ways.values():
        assert_close(way(x), expected)


def _of_16_mebi_numbers():
    return mebibytes_on_top(lambda: torch.ones(16 * 2**20).max())  # of four bytes each


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's own figures")
def test_memory_on_top_is_what_a_call_held():
    assert 60 < in_a_process_of_its_own(_of_16_mebi_numbers) < 80


def test_calls_come_in_turns():
    order = []
    found = in_turns({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 3)
    assert order == ["a", "b"] * 4
    assert set(found) == {"a", "b"}


def test_a_sequence_holds_each_key_once_and_the_answer_is_the_value_beside_it():
    keys, values, asked, right = recall.draw(50, 2, torch.Generator().manual_seed(0))
    for own, beside, question, answer in zip(keys, values, asked, right, strict=True):
        assert len(set(own.tolist())) == recall.N_PAIRS
        table = dict(zip(own.tolist(), beside.tolist(), strict=True))
        assert [table[k] for k in question.tolist()] == answer.tolist()
        assert len(set(question.tolist())) == 2


@pytest.mark.parametrize("way", recall.WAYS)
@pytest.mark.parametrize("n_asked", recall.ASKED)
def test_every_way_gives_a_score_for_each_value(way, n_asked):
    model = recall.Recall(way, n_asked)
    *inputs, _ = recall.draw(3, n_asked, torch.Generator().manual_seed(0))
    assert model(*inputs).shape == (3, n_asked, recall.N_KINDS)


def test_the_undivided_head_differs_by_the_scale_alone():
    torch.manual_seed(0)
    plain, other = recall.Recall("one_head", 1), recall.Recall("one_head_unscaled", 1)
    other.load_state_dict(plain.state_dict())
    *inputs, _ = recall.draw(3, 1, torch.Generator().manual_seed(0))
    assert not torch.allclose(plain(*inputs), other(*inputs))
    with torch.no_grad():
        for part in (other.attention.query_proj.weight, other.attention.query_proj.bias):
            part.div_(recall.D_MODEL**0.5)
    assert_close(other(*inputs), plain(*inputs))
