"""Do figures follow the page's theme, and can they be read without being seen?"""

import pytest
import torch

from course_lib import viz


def drawn() -> str:
    fig, (axes,) = viz.figure()
    axes.plot([1, 2, 3], [1, 4, 9], label="squares")
    axes.set_xlabel("number")
    axes.legend()
    return viz.show(fig, alt='the squares of 1, 2 and "3"')._repr_html_()


def test_a_figure_is_svg_with_a_text_alternative():
    svg = drawn()
    assert '<svg role="img" aria-label="the squares of 1, 2 and &quot;3&quot;"' in svg


def test_text_stays_text_in_the_colour_of_the_page():
    svg = drawn()
    assert ">number</text>" in svg
    assert "currentColor" in svg
    assert "#010203" not in svg
    assert "#000000" not in svg


def test_the_same_figure_gives_the_same_bytes():
    assert drawn() == drawn()


def test_a_figure_without_a_text_alternative_is_refused():
    fig, _ = viz.figure()
    with pytest.raises(ValueError, match="alt must say"):
        viz.show(fig, alt=" ")


def test_pictures_carry_their_titles():
    images = torch.zeros(2, 3, 5, 5, dtype=torch.uint8)
    shown = viz.pictures(images, ["a", "<b>"], columns=2, alt="two")._repr_html_()
    assert shown.count('<img src="data:image/png;base64,') == 2
    assert 'alt="&lt;b&gt;"' in shown


def test_label_curves_draw_one_line_a_method_with_its_mean():
    curves = {"scratch": {"4": [0.2, 0.4], "16": [0.5, 0.5]}, "frozen": {"4": [0.6], "16": [0.7]}}
    svg = viz.label_curves(curves, alt="two methods", chance=0.25)._repr_html_()
    for text in ("scratch", "frozen", "guessing", "labels a class"):
        assert f">{text}</text>" in svg


def test_a_method_with_fewer_budgets_leaves_the_others_their_marks():
    curves = {"whole": {"100": [0.3], "2500": [0.2]}, "one part less": {"100": [0.4]}}
    svg = viz.label_curves(curves, alt="errors", xlabel="reviews", ylabel="error")._repr_html_()
    for text in ("100", "2,500", "reviews", "error"):
        assert f">{text}</text>" in svg
