"""Do the numbers of a logarithmic axis stand where they were asked for?"""

from course_lib import viz


def test_the_ticks_are_those_asked_for_and_written_out():
    fig, (axes,) = viz.figure()
    axes.plot([10, 1_000], [45, 300])
    axes.set(xscale="log", yscale="log")
    viz.plain_log(axes.xaxis, 10, 1_000)
    viz.plain_log(axes.yaxis, 50, 100, 200)
    svg = viz.show(fig, alt="a line")._repr_html_()
    for label in ("10", "1,000", "50", "100", "200"):
        assert f">{label}</text>" in svg
    assert "mathdefault" not in svg, "a power of ten is left"
