"""Does prose remain when code, signatures, tables and markup are taken off a docstring?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.data.docs_clean import is_prose, prose, strip_markup

NUMPYDOC = """
    svd(a, full_matrices=True)

    Factor a matrix into three, which is called
    the singular value decomposition.

    Parameters
    ----------
    a : (..., M, N) array_like
        A real or complex array with at least two dimensions.
    full_matrices : bool, optional
        If True, the first factor is a square matrix.

    See Also
    --------
    qr : A name of another function that is not kept.

    Examples
    --------
    The first factor has orthonormal columns, as we can see:

    >>> svd(a)
    the output of an example is not a sentence of the text

    References
    ----------
    .. [1] A book about matrices that is of no interest to us.
    """
GOOGLE = r"""
    Applies a linear map to the incoming data: :math:`y = xA^T + b`. It is used by many layers.

    Args:
        in_features: size of each sample that comes in
        bias (bool, optional): If set to ``False``, the layer will not learn
            an additive bias. Default: ``True``

    Example::

        >>> m = nn.Linear(20, 30)
        m is an example that must not be in the text

    .. math::
        the formula is not a sentence of the text

    .. note::
        On some devices this module will use :class:`~torch.nn.Conv2d` in the backward pass.
    """
SPHINX = """
    Return a new :func:`_sql.select` for the given entity, as documented at `the site
    <https://example.org/a/b>`_.

    :param entity: the class or table that is to be selected, e.g. a **mapped**
     class with a name.
    :type entity: a type that must not be in the text of it

    A sentence that introduces the code of the example::

        the code of the example is not a sentence of the text

    * the first of the points is kept as a paragraph
    * the second of the points is kept as well

    .. versionadded:: 1.4
    """


def test_numpydoc():
    assert prose(NUMPYDOC) == [
        "Factor a matrix into three, which is called the singular value decomposition.",
        "A real or complex array with at least two dimensions.",
        "If True, the first factor is a square matrix.",
        "The first factor has orthonormal columns, as we can see:",
    ]


def test_google():
    assert prose(GOOGLE) == [
        "It is used by many layers.",
        "size of each sample that comes in",
        "If set to False, the layer will not learn an additive bias. Default: True",
        "On some devices this module will use Conv2d in the backward pass.",
    ]


def test_sphinx():
    assert prose(SPHINX) == [
        "Return a new sql.select for the given entity, as documented at the site.",
        "the class or table that is to be selected, e.g. a mapped class with a name.",
        "A sentence that introduces the code of the example:",
        "the first of the points is kept as a paragraph",
        "the second of the points is kept as well",
    ]


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("see :meth:`~a.b.Class.method` here", "see method here"),
        ("see :class:`text <a.b>` here", "see text here"),
        ("``x`` and `y` and *z* and **w**", "x and y and z and w"),
        ("two * three * four", "two * three * four"),
        ("`link <https://a.b>`__, see https://c.d now", "link, see now"),
        ("a note [1]_, and target_ too", "a note, and target too"),
        ("call __getitem__ of it", "call __getitem__ of it"),
        ("One. It is $x^2$ here. Two.", "One. Two."),
        ("abs(x) -- the size of x", "the size of x"),
    ],
)
def test_markup(marked, plain):
    assert strip_markup(marked) == plain


@pytest.mark.parametrize(
    "text",
    [
        "add, subtract, multiply, divide, power",  # names only
        "x = f(a, b) + g[c] is y",  # code
        "the end",  # too short
        "",
    ],
)
def test_what_is_not_prose(text):
    assert not is_prose(text)


def test_a_word_broken_at_its_hyphen_is_joined():
    assert prose("It evaluates the left-\nhand side of the thing.") == [
        "It evaluates the left-hand side of the thing."
    ]


@given(st.text())
def test_anything_is_survived(text):
    for paragraph in prose(text):
        assert is_prose(paragraph)
        assert "\n" not in paragraph
        assert "`" not in paragraph or "`" in text
