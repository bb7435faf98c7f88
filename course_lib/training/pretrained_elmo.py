"""The course's own ELMos: small ones, pre-trained on a text of the course."""

from course_lib.models.elmo import Elmo
from course_lib.models.elmo_config import ElmoConfig
from course_lib.training.weights import load_checkpoint


def pretrained_elmo(name: str = "elmo_docs") -> Elmo:
    """Return a small ELMo with the weights of a shipped checkpoint; frozen, in eval mode.

    It knows lower-case words and punctuation as `course_lib.text.sentences` gives them.

    Raises: UnknownNameError for an unknown name, CorruptFileError where the file was damaged.
    """
    elmo = Elmo(ElmoConfig.small())
    elmo.load_state_dict(load_checkpoint(name))
    return elmo.eval().requires_grad_(False)
