"""Servers without a port, where the extra is installed."""

import pytest


@pytest.fixture
def serving(tmp_path):
    """Makes what a server shares; it is closed at the end."""
    pytest.importorskip("starlette", reason="deltarule serve: '.[serve]'")
    from served import served_here

    made = []

    def make(*exams, **more):
        made.append(served_here(tmp_path / "state.sqlite", *exams, **more))
        return made[-1]

    yield make
    for served in made:
        served.workers.close()
        served.attempts.close()
