"""Texts of questions: quantities in braces are put in as they are spelled, in every format.

`{dE/dTheta2}` is the quantity's name, `{x = }` its name and the numbers that are given for it,
`{rate}` is the learning rate's number; `{{` and `}}` are braces. Between two $ a text is LaTeX
already, and braces are its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from deltarule.errors import DeltaruleError
from deltarule.marking.sheet_files.arrays import Numbers, shape
from deltarule.marking.sheet_files.other_names import own_name
from deltarule.marking.sheet_files.sheets import Run
from deltarule.reports.plain_mathematics import plain_mathematics
from deltarule.reports.prose import prose
from deltarule.spelling import names as spelling
from deltarule.spelling.names import parse_reference

_PARTS = re.compile(r"(?P<math>\$[^$]*\$)|(?P<brace>\{\{|\}\})|\{(?P<name>[^{}]*)\}")
#: The word for the learning rate's number.
RATE = "rate"


@dataclass(frozen=True)
class Inserted:
    """A part of a text that is put in: a quantity, and whether its given numbers follow."""

    name: str
    numbers: bool = False


@dataclass(frozen=True)
class Mathematics:
    """A part that is LaTeX already, without its $."""

    latex: str


Part = str | Inserted | Mathematics


def inserted(text: str) -> list[Part]:
    """The parts of a text. Raises DeltaruleError for braces without a quantity's name."""
    parts: list[Part] = []
    end = 0
    for found in _PARTS.finditer(text):
        parts.append(_plain(text[end : found.start()]))
        if found["math"]:
            parts.append(Mathematics(found["math"][1:-1]))
        elif found["brace"]:
            parts.append(found["brace"][0])
        else:
            parts.append(_inserted(found["name"]))
        end = found.end()
    parts.append(_plain(text[end:]))
    return [p for p in parts if p != ""]


def _plain(text: str) -> str:
    if "{" in text or "}" in text:
        raise DeltaruleError(
            "a brace stands alone", remedy="write {{ and }} for braces, and {h1} for a quantity"
        )
    return text


def _inserted(typed: str) -> Inserted:
    numbers = typed.rstrip().endswith("=")
    name = typed.rstrip().removesuffix("=").strip()
    if not numbers and name == RATE:
        return Inserted(name)
    try:
        return Inserted(str(parse_reference(name)), numbers)
    except DeltaruleError as error:
        raise DeltaruleError(
            f"{{{typed}}} names no quantity: {error.fact}",
            remedy="write {dE/dTheta2}, {x = } for given numbers, or {{ for a brace",
        ) from None


def quantities_in(text: str) -> list[Inserted]:
    """The quantities that a text puts in."""
    return [p for p in inserted(text) if isinstance(p, Inserted)]


def question_text(text: str, run: Run | None, format: str = "text") -> str:
    """The text with its quantities put in: as "text", "markdown" or "latex".

    Raises DeltaruleError for numbers of what is not given in the run.
    """
    return "".join(_spelled(part, run, format) for part in inserted(text))


def _spelled(part: Part, run: Run | None, format: str) -> str:
    if isinstance(part, str):
        return prose(part) if format == "latex" else part
    if isinstance(part, Mathematics):
        return plain_mathematics(part.latex) if format == "text" else f"${part.latex}$"
    mathematics = format != "text"
    name = spelling.latex(part.name) if mathematics else spelling.pretty(part.name)
    if part.name == RATE and not part.numbers:
        name = _number(_rate(run), mathematics)
    elif part.numbers:
        name = f"{name} = {_numbers(_given(part.name, run), mathematics)}"
    return f"${name}$" if mathematics else name


def _given(name: str, run: Run | None) -> Numbers:
    given = run.given if run is not None else {}
    own = own_name(name, run.names) if run is not None else name
    if own not in given:
        raise DeltaruleError(
            f"{name} is not given, and has no numbers to put in",
            remedy=f"given are {', '.join(given) or 'none'}; write {{{name}}} for its name",
        )
    return given[own]


def _rate(run: Run | None) -> Numbers:
    if run is None or run.rate is None:
        raise DeltaruleError(
            "there is no learning rate to put in", remedy="write rate = 0.5 above the questions"
        )
    return run.rate


def _number(number: Numbers, mathematics: bool) -> str:
    text = str(number).replace("−", "-")
    return text if mathematics else text.replace("-", "−")


def _numbers(numbers: Numbers, mathematics: bool) -> str:
    """Numbers as printed: one, a vector, a matrix row by row; deeper ones in brackets."""
    if not isinstance(numbers, tuple):
        return _number(numbers, mathematics)
    inner = [_numbers(n, mathematics) for n in numbers]
    if not mathematics:
        return f"({', '.join(inner)})"
    if len(shape(numbers)) == 2:
        rows = (" & ".join(_number(n, True) for n in row) for row in _rows(numbers))
        return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"
    return f"({', '.join(inner)})"


def _rows(numbers: Numbers) -> list[tuple[Numbers, ...]]:
    """The rows of a matrix."""
    return [r for r in numbers if isinstance(r, tuple)] if isinstance(numbers, tuple) else []
