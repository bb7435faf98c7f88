"""The course's own ELMo, pre-trained on the docs corpus."""

from course_lib.models.elmo import Elmo
from course_lib.models.elmo_config import ElmoConfig
from course_lib.training.weights import load_checkpoint

CHECKPOINT = "elmo_docs"


def docs_elmo() -> Elmo:
    """Return the small ELMo with the weights of the shipped checkpoint; frozen, in eval mode.

    It knows lower-case words and punctuation as `course_lib.text.sentences` gives them.

    Raises: CourseError where the checkpoint is not there or damaged.
    """
    elmo = Elmo(ElmoConfig.small())
    elmo.load_state_dict(load_checkpoint(CHECKPOINT))
    return elmo.eval().requires_grad_(False)
