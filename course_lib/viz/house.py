"""A picture of the plan in `course_lib.house`: floors from the ground up, and the tower beside."""

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_lib.house import FLOORS, ROOF, ROOMS, TOWER
from course_lib.viz.show import INK, PALETTE, Shown, figure, show

TOWER_LEFT, RIGHT = 6.2, 10.0  # the floors stand left of the tower


def plan() -> Shown:
    """Show which part of the package stands on which: each uses only what lies below it."""
    fig, (ax,) = figure(width=3.8, height=5.6)
    ax.set_axis_off()
    ax.set_xlim(0, RIGHT)
    ax.set_ylim(-0.9, len(ROOMS))
    height = len(ROOMS) / len(FLOORS)
    roof = [set(names) <= set(ROOF) for names in FLOORS]  # it covers floors and tower
    for number, names in enumerate(FLOORS):
        right = RIGHT if roof[number] else TOWER_LEFT - 0.4
        _row(ax, number * height, height, 0.0, right, names, PALETTE[0])
    room = height * roof.count(False) / len(ROOMS)
    for number, name in enumerate(ROOMS):
        _row(ax, number * room, room, TOWER_LEFT, RIGHT, (name,), PALETTE[1])
    ax.text((TOWER_LEFT - 0.4) / 2, -0.5, "the course", ha="center", va="center")
    ax.text((TOWER_LEFT + RIGHT) / 2, -0.5, TOWER, ha="center", va="center")
    return show(fig, alt=described())


def described() -> str:
    """Return the picture in words."""
    floors = "; ".join(" and ".join(names) for names in FLOORS)
    return (
        f"The floors of course_lib, from the ground up: {floors}. "
        f"Beside them the tower {TOWER}, its rooms from the ground up: {', '.join(ROOMS)}. "
        "Each part uses only parts below it."
    )


def _row(
    ax: Axes, bottom: float, height: float, left: float, right: float, names: tuple[str, ...],
    colour: str,
) -> None:  # fmt: skip
    gap = 0.08
    box = (left, bottom + gap), right - left, height - 2 * gap
    ax.add_patch(Rectangle(*box, facecolor=colour, alpha=0.22, edgecolor="none"))
    ax.add_patch(Rectangle(*box, facecolor="none", edgecolor=colour, linewidth=1.0))
    middle = (left + right) / 2, bottom + height / 2
    ax.text(*middle, ", ".join(names), color=INK, ha="center", va="center", fontsize=10)
