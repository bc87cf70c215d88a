"""The right figure of a counting question, and what it is read off."""

from __future__ import annotations

from dataclasses import dataclass

from deltarule.counting.counts import Count, count
from deltarule.counting.figures import FIGURES, Value, figure
from deltarule.errors import DeltaruleError
from deltarule.exams.exam import CountTask, Question
from deltarule.language.load import network_of
from deltarule.networks.network import Network
from deltarule.networks.specialise import given_sizes, specialise


def counted_network(task: CountTask, **changed: int) -> Network:
    """The network of a question, its strides and paddings the usual ones where it says nothing.

    `changed` are other numbers for sizes and attributes. Raises DeltaruleError for options or
    sizes that it has not.
    """
    network = network_of(task.of, **task.options)
    known = given_sizes(network)
    usual = {str(s): n for s, n in network.attributes.items() if str(s) in known}
    numbers = {**usual, **task.sizes, **changed}
    return specialise(network, {name: int(n) for name, n in numbers.items()})


@dataclass(frozen=True)
class RightCount:
    """The right figure of a question, and what it was read off."""

    task: CountTask
    counted: Count
    value: Value

    @staticmethod
    def of(task: CountTask) -> RightCount:
        """Count. Raises DeltaruleError for a layer or a size that there is not."""
        counted = count(counted_network(task))
        return RightCount(task, counted, figure(counted, task.what, task.layer))


def figure_words(task: CountTask) -> str:
    """What is counted: "parameters of conv2 in lenet5"."""
    of = f" of {task.layer} in {task.of}" if task.layer else f" of {task.of}"
    return FIGURES[task.what].words + of


def right_count(question: Question) -> RightCount:
    """The right figure. Raises DeltaruleError that names the question."""
    if question.counting is None:
        raise DeltaruleError(f"question {question.id} counts nothing", remedy="give it of and what")
    try:
        return RightCount.of(question.counting)
    except DeltaruleError as error:
        raise error.at(f"question {question.id}") from None
