"""Does the explorer compute what the model computes in Python, and work by keyboard alone?"""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.models.causal_lm import CausalLm
from course_lib.training.pretrained_pieces import causal_model

PAGE = "book/08_attention.html"
SENTENCE = "the axis is a line ."
SWITCHES = [(True, True, 1.0), (False, True, 1.0), (True, False, 1.0), (True, True, 2.5)]
CLOSE = 1e-4
FORWARD = """([text, masked, positions, sharpness]) => {
  const {model, pairs} = document.querySelector(".explorer").explorer;
  const ids = pairs.encode(text);
  const found = model.forward(ids, {masked, positions, sharpness});
  return {ids, logits: [...found.logits],
          weights: found.weights.map(layer => layer.map(head => [...head.data]))};
}"""


@pytest.fixture
def explorer(page: Any, site: str) -> Any:
    """The page with the explorer, ready."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site}/{PAGE}")
    page.locator(".explorer[data-ready=yes]").wait_for()
    return page


@pytest.fixture(scope="module")
def reference():
    return causal_model("causal_docs")


def python_side(reference, text, masked, positions, sharpness):
    """Return ids, weights of each layer and the logits of the last place, from the library."""
    model, tokenizer = reference
    config = replace(
        model.config,
        masked=masked,
        positions="sinusoidal" if positions else "none",
        fused=False,
        dropout=0.0,
    )
    own = CausalLm(config).eval()
    own.load_state_dict(model.state_dict())
    ids = tokenizer.encode(text)
    weights = []

    def keep(attention, args, kwargs, _):
        weights.append(attention.forward(*args[:3], True, **kwargs)[1][0])

    with torch.no_grad():
        for layer in own.layers:
            attention = layer.self_attention
            attention.query_proj.weight.mul_(sharpness)
            attention.query_proj.bias.mul_(sharpness)
            attention.register_forward_hook(keep, with_kwargs=True)
        logits = own(torch.tensor([ids]))[0, -1]
    return ids, weights, logits


@pytest.mark.parametrize("switches", SWITCHES, ids=str)
def test_weights_and_outputs_are_those_of_the_model(explorer, reference, switches) -> None:
    found = explorer.evaluate(FORWARD, [SENTENCE, *switches])
    ids, weights, logits = python_side(reference, SENTENCE, *switches)
    assert found["ids"] == ids
    for own, theirs in zip(found["weights"], weights, strict=True):
        for head, expected in zip(own, theirs, strict=True):
            assert (torch.tensor(head) - expected.flatten()).abs().max() < CLOSE
    own, expected = torch.tensor(found["logits"]), logits
    assert (own - expected).abs().max() < CLOSE * max(1.0, float(expected.abs().max()))


def test_texts_are_cut_as_the_tokenizer_cuts_them(explorer, reference) -> None:
    _, tokenizer = reference
    texts = ["it's naïve", "고양이가 잔다", "x = torch.zeros(3, 4)  # twelve", "½ 😀 \t\n a", "the"]
    cut = "text => document.querySelector('.explorer').explorer.pairs.encode(text)"
    for text in texts:
        assert explorer.evaluate(cut, text) == tokenizer.encode(text)

    @settings(max_examples=40, deadline=None)
    @given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
    def any_text(text: str) -> None:
        assert explorer.evaluate(cut, text) == tokenizer.encode(text)

    any_text()


def test_it_is_used_by_keyboard_alone(explorer) -> None:
    explorer.locator(".explorer input[type=text]").focus()
    explorer.keyboard.press("Control+a")
    explorer.keyboard.type("return the largest value")
    note = explorer.locator(".explorer-note")
    before = note.inner_text()
    explorer.keyboard.press("Tab")  # layer
    explorer.keyboard.press("ArrowDown")
    explorer.keyboard.press("Tab")  # head
    explorer.keyboard.press("ArrowDown")
    assert note.inner_text() != before
    explorer.keyboard.press("Tab")  # scale
    explorer.keyboard.press("ArrowRight")
    assert explorer.locator(".explorer-controls output").inner_text() == "× 1.25"
    explorer.keyboard.press("Tab")  # mask
    cells = explorer.locator(".explorer-map tr:nth-child(2) td")
    shares = "all => all.map(td => Number(td.style.getPropertyValue('--share')))"
    assert sum(cells.evaluate_all(shares)[1:]) == 0
    explorer.keyboard.press("Space")
    assert sum(cells.evaluate_all(shares)[1:]) > 0
    explorer.keyboard.press("Tab")  # positions
    explorer.keyboard.press("Space")
    explorer.keyboard.press("Tab")  # the map
    chosen = explorer.locator(".explorer-chosen th")
    last = chosen.inner_text()
    explorer.keyboard.press("ArrowUp")
    assert chosen.inner_text() != last
    assert explorer.locator(".explorer-next li").count() == 5


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "light"), (390, "dark")])
def test_it_fits_the_page(page: Any, site: str, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{site}/{PAGE}")
    page.locator(".explorer[data-ready=yes]").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.emulate_media(color_scheme=None)


def test_it_is_small_quick_and_asks_nobody(page: Any, site: str) -> None:
    sizes: dict[str, int] = {}
    page.on("response", lambda r: sizes.update({r.url: int(r.headers.get("content-length", 0))}))
    start = time.perf_counter()
    page.goto(f"{site}/{PAGE}", wait_until="commit")
    page.locator(".explorer-map td").first.wait_for()
    opened = time.perf_counter() - start
    own = {url: n for url, n in sizes.items() if "/explorer/" in url}
    assert all(url.startswith(site) for url in sizes)
    assert sum(own.values()) < 3_000_000
    seconds = page.evaluate(
        """() => { const e = document.querySelector(".explorer").explorer, found = [];
        for (let i = 0; i < 9; i++) { const t = performance.now(); e.compute();
          found.push(performance.now() - t); }
        return found.sort((a, b) => a - b)[4]; }"""
    )
    print(json.dumps({"opened": opened, "interaction_ms": seconds, "bytes": sum(own.values())}))
    # the goals are 1 s and 50 ms on a quiet machine; other tests run beside this one
    assert opened < 6
    assert seconds < 250


def test_an_empty_sentence_asks_for_one(explorer) -> None:
    explorer.locator(".explorer input[type=text]").fill("")
    assert explorer.locator(".explorer-note").inner_text() == "Type a sentence."
