"""A row of mistakes that gives none, or fails, is named, with the line that it was asked of."""

import pytest
from once import derived

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import read
from deltarule.expressions.symbols import Index
from deltarule.marking.mistakes import contexts, mistakes_in
from deltarule.marking.mistakes.context import Wrong
from deltarule.tracing.trace import computation_of


@pytest.fixture(scope="module")
def context():
    computation = computation_of(
        derived("softmax"), {"z": [[1, 2], [0, 1]], "dL/dp": [[1, 0], [0, 1]]}
    )
    return next(contexts(computation, "p"))


def nothing(context):
    return None


def a_word(context):
    yield Wrong("k", 5.0, "hallo", "w")


def another_rank(context):
    yield Wrong("k", 5.0, read("z", Index("n"), Index("c"), Index("c")), "w")


def another_tensor(context):
    yield Wrong("k", 5.0, read("q", Index("n")), "w")


def another_line(context):
    yield Wrong("k", 5.0, read("z", Index("n"), Index("c")), "w", (("q", read("z")),))


def no_mistake(context):
    yield "hallo"


def divides(context):
    yield 1 / 0


@pytest.mark.parametrize(
    ("row", "fact"),
    [
        (nothing, "the mistake nothing fails: TypeError: 'NoneType' object is not iterable"),
        (a_word, "the mistake a_word gives 'hallo', which is no formula"),
        (another_tensor, "the mistake another_tensor reads q, which there is not"),
        (another_line, "the mistake another_line changes q, which is no line"),
        (no_mistake, "the mistake no_mistake gives 'hallo', which is no Wrong"),
        (divides, "the mistake divides fails: ZeroDivisionError: division by zero"),
        (another_rank, "the mistake another_rank reads z[n, c, c] with too many or few indices"),
    ],
)
def test_what_a_row_does_wrong_is_said_by_its_name(context, row, fact):
    with pytest.raises(DeltaruleError) as caught:
        mistakes_in(context, [row])
    assert caught.value.fact == fact
    assert caught.value.place == "the line p"
    assert caught.value.remedy.startswith("a row takes a Context and gives Wrong(")
