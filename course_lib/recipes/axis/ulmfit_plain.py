"""Curve of the axis: ULMFiT's language model, trained on the labels as a fresh network would be.

One rate for all groups, none of them waiting. It differs from axis_ulmfit's curve from scratch in
nothing but where it begins, and from its ULMFiT in two of the three techniques.
"""

from course_lib.data import library_task
from course_lib.recipes.axis.common import curve
from course_lib.recipes.axis.ulmfit import EPOCHS, SOURCE, choose_rates, train_all
from course_lib.recipes.context import Context, Measured
from course_lib.training.weights import load_card

NAME = "axis_ulmfit_plain"
SEEDS = [0, 1, 2]

WAY = "plain"


def run(context: Context) -> Measured:
    """Record the curve."""
    rate = choose_rates(context, [WAY])
    scores, control = train_all(context, [(WAY, budget) for budget in EPOCHS], rate, WAY)
    own = {(budget, seed): found for (_, budget, seed), found in scores.items()}
    measured = curve(library_task.load(progress=False), context.seeds, own, control)
    measured.metrics["rate"] = rate[WAY]
    measured.data["checkpoint"] = f"{SOURCE}, sha256 {load_card(SOURCE).sha256[:12]}"
    return measured
