"""What may stand in an exam file: one table, read by the reader and printed as a JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping

from deltarule.arithmetic.rounding import RULES
from deltarule.counting.figures import FIGURES
from deltarule.exams.closed_tables import Key, Table, Variants
from deltarule.exams.value_kinds import (
    Either,
    Kind,
    ListOf,
    Number,
    OneOf,
    Referred,
    Schema,
    TableOf,
    Text,
    Truth,
    Whole,
)
from deltarule.marking.points import PARTIAL, SHARED, SHARES
from deltarule.marking.sheet_files.sheet_format import MOST_RUNS, PROPERTIES

_TEXT, _NAME = Text(), Text("the name of a quantity, such as Theta2 or dE/dTheta2")
_ANY_NUMBER = Number("a number")

# A number, a text such as "1/3" or "[0.1 0.2; 0.3 0.4]", or lists of these.
NUMBERS: Kind = Referred(
    "numbers",
    lambda: Either("a number or a list of numbers", (_ANY_NUMBER, Text(), ListOf(NUMBERS, 1))),
)
OPTION: Kind = Referred(
    "option",
    lambda: Either(
        "a text, a number, true, false or a list of these",
        (_ANY_NUMBER, Text(least=0), Truth(), ListOf(OPTION)),
    ),
)
_POINTS = 'a number of points, 0 or more, such as 2, 0.5 or "1/3"'
POINTS = Either(
    _POINTS, (Number(_POINTS, least=0), Text(_POINTS, r"^ *[0-9]+(/[1-9][0-9]*|[.,][0-9]+)? *$"))
)
_SHARE = 'a share of the points: "full", "half", "none", or a number from 0 to 1'
SHARE = Either(
    _SHARE,
    (
        OneOf(tuple(SHARES)),
        Number(_SHARE, least=0, most=1),
        Text(_SHARE, r"^ *([01]|[01]?[.,][0-9]+|[0-9]+/[1-9][0-9]*) *$"),
    ),
)
_ID = Text("an id of letters, digits, - and _, such as 1a", "^[A-Za-z0-9][A-Za-z0-9_-]{0,29}$")
_QUANTITIES = Either(
    "the name of a quantity, or a list of names", (_NAME, ListOf(_NAME, 1, "a list of names"))
)
_OPTIONS = Key(TableOf(OPTION), "Options of the derivation.")

_POLICY: dict[str, Kind] = {"partial": OneOf(PARTIAL), **dict.fromkeys(SHARED, SHARE)}

_ROUNDING = Table(
    {
        "decimals": Key(Whole(0, 100), "Decimals that every line is rounded to."),
        "significant": Key(Whole(1, 100), "Significant figures that every line is rounded to."),
        "rule": Key(OneOf(RULES), "How halves are rounded; half-up where nothing is said."),
    },
    excludes=(("decimals", "significant"),),
)

#: What one run of the sheet may say, and the sheet itself.
_RUN: dict[str, Key] = {
    "title": Key(_TEXT, "What this run is about."),
    "network": Key(_TEXT, "A derivation's name, or the path of one, from this file on."),
    "options": _OPTIONS,
    "optimiser": Key(_TEXT, "gradient_descent, or another, or the path of one."),
    "rate": Key(Either("a number", (_ANY_NUMBER, Text())), "Learning rate."),
    "updates": Key(Whole(), "How often the parameters are updated."),
    "not_updated": Key(ListOf(_NAME), "Parameters that are held fixed; they are given."),
    "at": Key(
        OneOf(("before", "after")), "Whether published values are those after the updates."
    ),
    "asked": Key(ListOf(_NAME), "Quantities that are asked, where there are no questions."),
    "rounding": Key(_ROUNDING, "How numbers were carried on; left out: exactly."),
    "given": Key(TableOf(NUMBERS), "The numbers that are given, their digits as printed."),
    "properties": Key(TableOf(OneOf(PROPERTIES)), "Properties of the data."),
    "names": Key(TableOf(_NAME), "The sheet's own names for quantities: W2 = \"Theta2\"."),
    "rename": Key(TableOf(_NAME), "A lecture's names for the network's own: E = \"L\"."),
    "restated": Key(TableOf(NUMBERS), "Givens that are printed a second time."),
    "published": Key(TableOf(NUMBERS), "Published values; trailing zeros count."),
    "formulas": Key(TableOf(Text(least=0)), "Formulas as printed."),
    "marks": Key(
        TableOf(POINTS, _POLICY),
        "Points by quantity, and the policy: partial, follows, mistake, too few digits.",
    ),
}  # fmt: skip

_QUESTION: dict[str, Key] = {
    "id": Key(_ID, "What the question is called, such as 1a; each id stands once.", required=True),
    "text": Key(
        Text(least=0), "The question, in any language; {dE/dTheta2} is put in as it is spelled."
    ),
}
_MARKS = Key(POINTS, "What it is worth; 1 where nothing is said.")
_STEPS = Key(
    Either(f"{_POINTS}, or a table of points by quantity", (POINTS, TableOf(POINTS, least=1))),
    "What it is worth: points for all quantities together, or a table with those of each.",
)
_OF_RUN = Key(Whole(1, MOST_RUNS), "Which run of the sheet it is about, counted from 1.")
_CODE = {
    "function": Key(
        Either("a name or a list of names", (_TEXT, ListOf(_TEXT, 1))),
        "The function that is to be written; with like, forward ones first.",
        required=True,
    ),
    "convention": Key(_TEXT, "The course whose function it is: check --conventions lists them."),
    "like": Key(_TEXT, "The derivation that a function of any name is to be like."),
    "options": _OPTIONS,
    "map": Key(TableOf(_TEXT), 'With like: what an argument means: dout = "dy".'),
    "returns": Key(_TEXT, "With like: what the last function returns, as dx,dw."),
    "accept": Key(_TEXT, "Verdicts that pass besides right: follows, convention, changes, none."),
}
_COUNTING = {
    "of": Key(_TEXT, "The derivation whose layers are counted.", required=True),
    "options": _OPTIONS,
    "sizes": Key(TableOf(Whole()), "Numbers for its sizes: N = 1."),
    "what": Key(OneOf(tuple(FIGURES)), "What is counted.", required=True),
    "layer": Key(_NAME, "The layer, by the tensor that it puts out; left out: the network."),
}
_CHOICES = Either(
    "a list of at least two texts, or a table of them: a, b, …",
    (ListOf(_TEXT, 2), TableOf(_TEXT, least=2)),
)
_CHOICE = {
    "choices": Key(_CHOICES, "What there is to choose from; those of a list are a, b, c …", True),
    "right": Key(_TEXT, "The right one, by its letter or key.", required=True),
    "explanation": Key(_TEXT, "Why; it is shown with the right choice."),
    "because": Key(TableOf(_TEXT), "What is said to whoever chose that one."),
}

QUESTION = Variants(
    "kind",
    "numbers, formula, code, counting or choice",
    {
        "numbers": Table(
            {
                **_QUESTION,
                "asked": Key(_QUANTITIES, "The quantities whose numbers are asked.", True),
                "marks": _STEPS,
                "run": _OF_RUN,
            },
            "Numbers, worked out by hand.",
        ),
        "formula": Table(
            {
                **_QUESTION,
                "asked": Key(_QUANTITIES, "The quantities whose formulas are asked.", True),
                "marks": _STEPS,
                "run": _OF_RUN,
            },
            "Formulas, in any notation.",
        ),
        "code": Table(
            {**_QUESTION, "marks": _MARKS, **_CODE},
            "A function of Python, which runs in a sandbox.",
            excludes=(("like", "convention"),),
            needs={"map": ("like",), "returns": ("like",), "options": ("like",)},
        ),
        "counting": Table({**_QUESTION, "marks": _MARKS, **_COUNTING}, "Something to count."),
        "choice": Table({**_QUESTION, "marks": _MARKS, **_CHOICE}, "One of several choices."),
    },
)

EXAM = Table(
    {
        **_RUN,
        "title": Key(_TEXT, "The title.", required=True),
        "source": Key(Text(least=0), "Where the numbers are from."),
        "instructions": Key(_TEXT, "What is printed before the questions."),
        "total": Key(POINTS, "The points of all questions, which check sheet adds up."),
        "question": Key(ListOf(QUESTION, 1), "The questions, in their order."),
        "run": Key(ListOf(Table(_RUN)), "The same sheet again with changes."),
    },
    "An exam, or a plain sheet, of deltarule.",
)

#: Kinds that the schema states once.
_DEFINED: Mapping[str, Kind] = {"numbers": NUMBERS, "option": OPTION}


def exam_schema() -> Schema:
    """The JSON Schema, of draft 4, of exam files."""
    return {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": "An exam of deltarule",
        **EXAM.schema(),
        "definitions": {
            name: kind.kind().schema()
            for name, kind in _DEFINED.items()
            if isinstance(kind, Referred)
        },
    }
