"""The recurrent examples: every published value is right, and stays right when it is retyped."""

import pytest

from deltarule.marking import mark


@pytest.mark.slow
@pytest.mark.parametrize(("name", "count"), [("gomez", 18), ("elman", 14), ("hello", 14)])
def test_published_values_are_right(name, count):
    verdicts = mark(name).verdicts
    assert {v.verdict for v in verdicts} == {"right"}
    assert len(verdicts) == count
