"""Whether who computes rightly from the printed numbers of a test gets what it asks for."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from deltarule.submissions.counterexample import ATOL, RTOL, Example
from deltarule.submissions.course_conventions import Task
from deltarule.submissions.printed_numbers import read_back
from deltarule.submissions.student_arrays import tensors_of

#: Of what a test leaves for rounding, what printed digits may use up.
SHARE = 0.1


def reproduced(task: Task, example: Example, given: Iterable[str], exact: bool) -> bool:
    """Whether what is right for the values `given`, read back from their text, is what is printed.

    At ties and kinks the printed numbers have to be the very same ones.
    """
    values, printed = example.values, {}
    for name in given:
        value = task.values[name]
        array = np.asarray(values.value(value))
        shown = read_back(array, exact)
        if example.setting.numbers == "edges" and not np.array_equal(shown, array):
            return False
        tensors = tensors_of(value, shown, values)
        if tensors is None:
            return False
        printed |= {n: a for n, a in tensors.items() if n in values.computation.givens}
    if example.setting.numbers == "edges" or not example.wrong:
        return True
    labels = {n: a.astype(np.int64) for n, a in printed.items() if _integral(values, n)}
    again = values.with_givens({**printed, **labels})
    for name in example.wrong:
        right = np.asarray(again.value(task.values[name]), dtype=float)
        shown = read_back(np.asarray(values.value(task.values[name]), dtype=float), exact)
        if not np.all(np.abs(right - shown) <= SHARE * (ATOL + RTOL * np.abs(shown))):
            return False
    return True


def _integral(values, name: str) -> bool:
    tensor = values.network.tensors.get(name)
    return tensor is not None and tensor.integral
