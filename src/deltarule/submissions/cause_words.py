"""A mistake in words and formulas, in the names of the course."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sympy import Expr

from deltarule.calculus import Derivation
from deltarule.expressions.nodes import Product, Read, read, tensor_name, walk
from deltarule.expressions.substitution import replace_reads
from deltarule.marking.mistakes import Mistake
from deltarule.networks.equations import Equation
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text
from deltarule.submissions.course_conventions import Task
from deltarule.submissions.findings import Cause

#: What stands before a mistake that does not explain all that is wrong.
BESIDES = "besides, "


def cause_text(cause: Cause) -> str:
    """A cause in words, whatever the values that it is in are called: `· is divided by N`."""
    names = "|".join(map(re.escape, sorted(cause.outputs, key=len, reverse=True)))
    words = cause.words.removeprefix(BESIDES)
    return re.sub(rf"\b({names})\b", "·", words) if names else words


def cause_of_mistake(mistake: Mistake, task: Task, derivation: Derivation) -> Cause:
    """A mistake as a cause: its words, its formula beside the right one."""
    names = course_names(task, derivation)
    given = {
        n: shown
        for n, shown in task.shown_names.items()
        if (pretty(n) != n or "·" in shown) and n != "epsilon"
    }
    right = next(
        (
            e
            for e in (*derivation.network.equations, *derivation.equations())
            if e.name == mistake.line and e.subscripts == mistake.equation.subscripts
        ),
        None,
    )
    words = mistake.words
    if mistake.line not in names:
        words = f"your numbers are those of a wrong {pretty(mistake.line)}: {words}"
    formula = _formula(mistake.equation, names)
    belongs = "" if right is None else _formula(right, names)
    # What stands before a first time, and what is written over, is no part of a formula's text.
    differ = formula != belongs and not _written_over(mistake.equation.rhs)
    return Cause(
        _constants(renamed_words(_defined(words, mistake.line, names, derivation), names), given),
        mistake.kind,
        _constants(formula, given) if differ else "",
        _constants(belongs, given) if differ else "",
        shown=mistake.line in names,
    )


def _written_over(formula: Expr) -> bool:
    return any(isinstance(node, Product) for node in walk(formula))


def course_names(task: Task, derivation: Derivation) -> dict[str, str]:
    """The course's names of tensors and gradients that are one value of it."""
    found: dict[str, str] = {}
    for name, value in task.values.items():
        if len(value.parts) == 1:
            place = value.parts[0]
            own = derivation.gradient_name(place.tensor) if place.gradient else place.tensor
            found.setdefault(own, name)
    return found


def renamed_words(words: str, names: Mapping[str, str]) -> str:
    """A sentence with the course's names for the derivation's, all at once.

    The letter a alone may be the article, and stays.
    """
    shown = {pretty(own): name for own, name in names.items() if pretty(own) not in ("a", name)}
    if not shown:
        return words
    longest = sorted(shown, key=len, reverse=True)
    accents = "\u0300-\u036f"  # x̂ is another name than x
    pattern = rf"(?<![\w∂/′'’])({'|'.join(map(re.escape, longest))})(?![\w′{accents}])"
    return re.sub(pattern, lambda found: shown[found[1]], words)


def _constants(words: str, given: Mapping[str, str]) -> str:
    """A sentence or formula with the course's names of constants: p for ρ."""
    for own, name in given.items():
        words = re.sub(rf"(?<![\w'’]){re.escape(pretty(own))}(?!\w)", name, words)
    return words


def _defined(words: str, line: str, names: Mapping[str, str], derivation: Derivation) -> str:
    """What an intermediate value is that the words name, but not the course: R₁ = λ·Σ W²."""
    for equation in derivation.network.equations:
        shown = pretty(equation.name)
        found = re.search(rf"(?<![\w∂/]){re.escape(shown)}(?![\w\u0300-\u036f])", words)
        if found and equation.name not in names and equation.name != line and len(shown) > 1:
            formula = _formula(equation, names)
            return f"{words} ({formula})" if len(formula) <= 70 else words
    return words


def _formula(equation: Equation, names: Mapping[str, str]) -> str:
    left = read(equation.name, *equation.subscripts) if equation.subscripts else None
    shown = pretty(names.get(equation.name, equation.name))
    if left is not None:
        shown = text(_renamed(left, names))
    return f"{shown} = {text(_renamed(equation.rhs, names))}"


def _renamed(formula: Expr, names: Mapping[str, str]) -> Expr:
    def other(access: Read) -> Expr:
        own = tensor_name(access)
        return read(names.get(own, own), *(_renamed(i, names) for i in access.indices))

    return replace_reads(formula, other)
