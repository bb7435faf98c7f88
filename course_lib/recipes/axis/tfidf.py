"""Curve of the axis: tf-idf of single words and pairs, and logistic regression."""

from sklearn.feature_extraction.text import TfidfVectorizer

from course_lib.data.library_task import LibraryTask, Passages
from course_lib.recipes.axis.common import SEEDS, Trial, record_curve
from course_lib.recipes.axis.linear import linear_trials
from course_lib.recipes.context import Context, Measured
from course_lib.text.tokenize import WORD

NAME = "axis_tfidf"
__all__ = ["NAME", "SEEDS", "run"]

STRENGTHS = [1.0, 10.0]  # C, the inverse of the penalty


def method(task: LibraryTask, few: Passages, seed: int) -> list[Trial]:
    """Weight words and pairs of words by how rare they are; separate linearly."""
    vectorizer = TfidfVectorizer(
        token_pattern=WORD.pattern,  # our words; it lowers the case itself
        ngram_range=(1, 2),
        sublinear_tf=True,
    )
    vectorizer.fit(few.texts)
    sides = [vectorizer.transform(side.texts) for side in (few, task.valid, task.test)]
    return linear_trials(task, few, sides, STRENGTHS, vocab_size=len(vectorizer.vocabulary_))


def run(context: Context) -> Measured:
    """Record the curve."""
    return record_curve(context, method)
