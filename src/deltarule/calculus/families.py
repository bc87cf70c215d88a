"""Families: gradients of one formula, the same up to the number of the layer.

A network of 50 layers has 50 gradients ∂E/∂Θ_k of one shape. A family says it once, for k from
the first to the last; every member was compared with what the general formula gives for its k.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from deltarule.calculus.steps import Derivation, Gradient
from deltarule.expressions.nodes import index_names
from deltarule.matrix_form.find import Words
from deltarule.matrix_form.generalise import generalised
from deltarule.matrix_form.sentence import Speech
from deltarule.networks.equations import Equation
from deltarule.networks.layer_numbers import GeneralWriter, general, number_of, renamed, special
from deltarule.spelling.text import Writer


@dataclass(frozen=True)
class Family:
    """Equations for k = `first` … `last`; in `equation`, names hold k (`h@-1` for h_{k−1}).

    `members` are the names that the equations write, from the first to the last; `letter` is a
    letter for k that no index has; `saying` their words, where all members have the same.
    """

    equation: Equation
    first: int
    last: int
    members: tuple[str, ...]
    letter: str = "k"
    saying: Words | None = None

    def text(self, writer: Writer | None = None) -> str:
        """`∂E/∂s_k[n, m] = …`."""
        writer = writer or GeneralWriter(self.letter)
        return f"{writer(self.equation.lhs)} = {writer(self.equation.rhs)}"

    def range(self, writer: Writer | None = None) -> str:
        """`k = 1 … 49`."""
        dots = (writer or GeneralWriter(self.letter)).dots
        return f"{self.letter} = {self.first} {dots} {self.last}"

    @property
    def words(self) -> str:
        """The closed form in words; empty where the members have none or differ in it."""
        if self.saying is None:
            return ""
        speech = Speech(self.saying.axes, GeneralWriter(self.letter))
        return speech.sentence(self.saying.phrase, self.saying.indices)

    def __contains__(self, name: str) -> bool:
        return name in self.members


def families(derivation: Derivation, least: int = 2) -> tuple[Family, ...]:
    """The families of at least so many gradients, in the order of the backward pass."""
    by_name = {g.name: g for g in derivation.gradients.values()}
    return tuple(
        replace(f, saying=_common_saying(f, [by_name[name] for name in f.members]))
        for f in families_of(derivation.equations(), least)
    )


def families_of(equations: Iterable[Equation], least: int = 2) -> tuple[Family, ...]:
    """Runs of equations that differ in their layer's number alone."""
    equations = tuple(equations)
    letter = _letter(equations)
    groups: dict[tuple, dict[int, Equation]] = {}
    places: dict[tuple, int] = {}
    for place, equation in enumerate(equations):
        k = number_of(equation.name)
        if k is None:
            continue
        pattern = renamed(equation, lambda name, k=k: general(name, k))
        key = (pattern.name, pattern.subscripts, pattern.rhs, pattern.ranges)
        groups.setdefault(key, {})[k] = equation
        places.setdefault(key, place)
    found = []
    for key, members in sorted(groups.items(), key=lambda item: places[item[0]]):
        name, subscripts, rhs, ranges = key
        pattern = Equation(name, subscripts, rhs, ranges)
        right = sorted(k for k, member in members.items() if _gives(pattern, k, member))
        for run in _runs(right):
            if len(run) >= least:
                names = tuple(members[k].name for k in run)
                found.append(Family(pattern, run[0], run[-1], names, letter))
    return tuple(found)


def brief(derivation: Derivation, least: int = 2) -> list[Gradient | Family]:
    """All gradients in order; a family stands once, where its first member would."""
    found = families(derivation, least)
    shown: list[Gradient | Family] = []
    for gradient in derivation.gradients.values():
        family = next((f for f in found if gradient.name in f), None)
        if family is None:
            shown.append(gradient)
        elif family not in shown:
            shown.append(family)
    return shown


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    """Runs of consecutive numbers."""
    runs: list[list[int]] = []
    for k in numbers:
        if runs and runs[-1][-1] == k - 1:
            runs[-1].append(k)
        else:
            runs.append([k])
    return runs


def _gives(pattern: Equation, k: int, member: Equation) -> bool:
    """Whether the pattern at k is the member, letter for letter."""
    made = renamed(pattern, lambda name: special(name, k))
    return (made.name, made.subscripts, made.rhs, made.ranges) == (
        member.name,
        member.subscripts,
        member.rhs,
        member.ranges,
    )


def _letter(equations: Iterable[Equation]) -> str:
    """A letter for the layer's number that no index has."""
    taken = {name.rstrip("′") for e in equations for name in index_names(e.rhs, *e.subscripts)}
    return next(letter for letter in "klijqrpaκ" if letter not in taken)


def _common_saying(family: Family, members: Sequence[Gradient]) -> Words | None:
    """The words of all members, if they are the same up to k."""
    first: Words | None = None
    for k, member in enumerate(members, family.first):
        saying = member.saying
        if saying is None:
            return None
        phrase = generalised(saying.phrase, k)
        if first is not None and phrase != first.phrase:
            return None
        first = first or replace(saying, phrase=phrase)
    return first
