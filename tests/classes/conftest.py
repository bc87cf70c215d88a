"""A small class in a folder, and one process in which all tests of a file mark it."""

import pytest
from handed_in import PLAIN, folder
from marked_class import STUDENTS, Counted

from deltarule.classes.class_worker import ClassWorker


@pytest.fixture
def place(tmp_path):
    return folder(tmp_path, {"exam.toml": PLAIN, **{f"in/{n}": t for n, t in STUDENTS.items()}})


@pytest.fixture(scope="module")
def shared():
    """One exam opened for all tests: workers of the same exam are the same."""
    opened: dict = {}

    class Shared(Counted):
        def __init__(self, exam):
            self._worker = next((w for e, w in opened.values() if e == exam), None)
            if self._worker is None:
                self._worker = ClassWorker(exam)
                opened[len(opened)] = exam, self._worker

        def __exit__(self, *_error):
            Counted.done = [*Counted.done]

    return Shared
