"""Is bfloat16 taken only where the processor has it and gains by it, and then in products alone?"""

import pytest
import torch

from course_lib.training import precision
from course_lib.training.precision import autocast, chosen


@pytest.mark.parametrize(
    ("has_it", "times_as_fast", "expected"),
    [(True, 2.5, "bfloat16"), (True, 0.6, "float32"), (False, 2.5, "float32")],
)
def test_auto_asks_the_processor_and_then_the_clock(monkeypatch, has_it, times_as_fast, expected):
    monkeypatch.setattr(precision, "has_bfloat16", lambda device: has_it)
    monkeypatch.setattr(precision, "gain", lambda kind: times_as_fast)
    assert chosen("auto") == expected


def test_a_processor_that_must_imitate_it_is_not_timed(monkeypatch):
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    monkeypatch.setattr(precision, "gain", lambda kind: pytest.fail("timed"))
    assert chosen("auto") == "float32"


def test_a_torch_that_cannot_say_counts_as_no(monkeypatch):
    monkeypatch.delattr(torch.cpu, "_is_avx512_bf16_supported", raising=False)
    monkeypatch.delattr(torch.cpu, "_is_amx_tile_supported", raising=False)
    assert not precision.has_bfloat16(torch.device("cpu"))
    assert not precision.has_bfloat16(torch.device("meta"))


def test_the_race_is_run_on_this_machine_and_draws_nothing_of_trainings_own():
    precision.gain.cache_clear()
    before = torch.get_rng_state()
    assert 0.05 < precision.gain("cpu") < 50
    assert torch.equal(torch.get_rng_state(), before), "a run must not depend on an earlier race"


@pytest.mark.parametrize("name", ["float32", "bfloat16"])
def test_a_named_precision_is_taken_whatever_the_processor_says(monkeypatch, name):
    monkeypatch.setattr(precision, "has_bfloat16", lambda device: pytest.fail("asked"))
    assert chosen(name) == name


def test_products_are_bfloat16_inside_and_nothing_is_changed_outside():
    x, weight = torch.randn(3, 5), torch.randn(5, 7)
    with autocast("bfloat16"):
        assert (x @ weight).dtype == torch.bfloat16
        assert x.exp().dtype == torch.float32
    with autocast("float32"):
        assert torch.equal(x @ weight, x.matmul(weight))
        assert (x @ weight).dtype == torch.float32


def test_another_name_is_refused():
    with pytest.raises(ValueError, match="one of float32, bfloat16, auto, received 'half'"):
        chosen("half")
