"""First curve of the axis: one-hot bag of words and logistic regression."""

from course_lib.data.library_task import LibraryTask, Passages
from course_lib.recipes.axis.common import SEEDS, Trial, record_curve
from course_lib.recipes.axis.linear import linear_trials
from course_lib.recipes.context import Context, Measured
from course_lib.text.one_hot import bag_of_words
from course_lib.text.tokenize import words
from course_lib.text.vocabulary import Vocabulary

NAME = "axis_onehot"
__all__ = ["NAME", "SEEDS", "run"]

STRENGTHS = [0.03, 0.1, 0.3, 1.0, 3.0]  # C, the inverse of the penalty


def method(task: LibraryTask, few: Passages, seed: int) -> list[Trial]:
    """Sum the one-hot vectors of a passage's words; separate the sums linearly."""
    vocabulary = Vocabulary.build([words(text) for text in few.texts], special=("<unk>",))

    def features(side: Passages):
        encoded = [vocabulary.encode(words(text)) for text in side.texts]
        return bag_of_words(encoded, len(vocabulary))

    sides = [features(side) for side in (few, task.valid, task.test)]
    return linear_trials(task, few, sides, STRENGTHS, vocab_size=len(vocabulary))


def run(context: Context) -> Measured:
    """Record the curve."""
    return record_curve(context, method)
