"""Does a cell's printed text reach the page as it was printed?"""

from course_book import streams
from course_book.streams import joined
from myst_nb.core import render
from nbformat.v4 import new_output


def stream(text: str, name: str = "stdout"):
    return new_output("stream", text=text, name=name)


def test_a_line_in_two_pieces_stays_one_line():
    found = joined([stream("perplexity 1"), stream("23.4\n"), stream("  done\n")])
    assert [output["text"] for output in found] == ["perplexity 123.4\n  done\n"]


def test_streams_and_other_outputs_keep_their_places():
    shown = new_output("display_data", {"text/plain": "x"})
    found = joined([stream("a\n"), stream("w\n", "stderr"), shown, stream("b\n")])
    assert [output.get("text") for output in found] == ["a\nb\n", "w\n", None]


def test_what_was_kept_in_the_cache_is_not_changed():
    first, second = stream("a"), stream("b")
    joined([first, second])
    assert (first["text"], second["text"]) == ("a", "b")


def test_a_line_that_is_written_over_shows_its_last_state():
    assert joined([stream("10 %\r"), stream("100 %\ndone\r\n")])[0]["text"] == "100 %\ndone\r\n"


def test_no_outputs_are_no_outputs():
    assert joined([]) == []


def test_it_takes_the_place_of_myst_nbs():
    streams.setup(None)
    assert render.coalesce_streams is joined
