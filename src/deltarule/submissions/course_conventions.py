"""Conventions of courses: which functions homework has, and what their arguments are.

A convention is a TOML file. Each table of it is a task: a derivation, the names that the course
gives to its tensors, and the calls of the student's functions, in their order.

    title = "A course"
    gradient = "d{}"

    [affine]
    derivation = "dense"
    values = { x = "x: n (a b) -> n a b", w = "W", b = "b", out = "y" }

    [[affine.calls]]
    function = "affine_forward"
    arguments = ["x", "w", "b"]
    returns = ["out", "cache"]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from operator import add, mul, pow, sub, truediv
from typing import Any

from deltarule.submissions.accepted_verdicts import Policy
from deltarule.submissions.axes_layout import Layout

#: An argument that is a function: of sizes it makes an array of ones.
ONES = "ones()"
#: What may stand between two numbers of an argument.
OPERATIONS = {"+": add, "-": sub, "*": mul, "/": truediv, "**": pow}


def terms_of(text: str) -> list[str]:
    """The words of an argument that is computed of two numbers, `1 - rho`; else the text alone."""
    words = text.split()
    return words if len(words) == 3 and words[1] in OPERATIONS else [text]


@dataclass(frozen=True)
class Place:
    """A tensor, or the gradient by it, and how a course lays it out."""

    tensor: str
    gradient: bool = False
    layout: Layout | None = None


@dataclass(frozen=True)
class Value:
    """What a name of a course is: a tensor, or several joined along an `axis` of the course's.

    `times` are sizes and numbers by which it is multiplied, `over` those by which it is divided.
    With `one_hot`, a size, labels stand as rows of zeros with a 1 at the label's place; `boolean`
    are zeros and ones that stand as False and True.
    """

    name: str
    parts: tuple[Place, ...]
    axis: int | None = None
    times: tuple[str | int, ...] = ()
    over: tuple[str | int, ...] = ()
    one_hot: str = ""
    boolean: bool = False

    @property
    def gradient(self) -> bool:
        """Whether it is a gradient."""
        return self.parts[0].gradient

    def factor(self, sizes: Mapping[str, int]) -> float:
        """By what it is multiplied, at some sizes."""
        up, down = (
            [sizes[n] if isinstance(n, str) else n for n in names]
            for names in (self.times, self.over)
        )
        return prod(up) / prod(down)

    @property
    def tensor(self) -> str:
        """The tensor of its only part, or of its first."""
        return self.parts[0].tensor


@dataclass(frozen=True)
class Call:
    """One call of the student's: of a function, a class (kept as the object), or its method.

    `arguments`, `named` and `returns` are trees of lists and tables with names of values in them;
    an argument may be computed of two numbers (`1 - rho`), or be the function `ones()`. Other names
    in `returns` are kept as they are, for later arguments. `sets` are attributes that the object is
    given before, `reads` those that are read after it; `conv.W` is one of its attribute `conv`.
    `leaves` are entries of dictionaries among the arguments, by the argument's place from 0, that
    are read after the call. `may_change` are arguments that the course changes in place itself.
    """

    names: tuple[str, ...]
    kind: str = "function"
    arguments: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)
    returns: Any = None
    sets: Mapping[str, Any] = field(default_factory=dict)
    reads: Mapping[str, str] = field(default_factory=dict)
    leaves: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    may_change: tuple[str, ...] = ()


@dataclass(frozen=True)
class Otherwise:
    """Another choice than the course's: `words` say which, the rest replaces the task's own.

    `left_open`: the course does not say which of the two is to be chosen.
    """

    words: str
    changes: Mapping[str, Any]
    left_open: bool = False


@dataclass(frozen=True, eq=False)
class Task:
    """A layer of a course: its derivation, the course's names, and the calls; each is itself alone.

    `about` says in which mode its functions are called, where there are several. `recovered`
    are tensors of zeros and ones that a function draws at random, as a mask: each is 1 where
    the named output is not 0. `fixed` are given tensors (`c0`) or upstream gradients (`gradient
    h`) that hold one number everywhere, which may be computed (`"beta1 ** t"`). `sizes` are
    numbers, or the names of sizes that they equal. `drawn` are arrays that a function is given
    and that the derivation does not read, with their sizes; `numbers` are numbers that it does
    not read, or whose own value would hide mistakes, each of which takes several values.
    `rates` are the scalars that say how often an entry of what is `recovered` is 1.
    `accumulates` says whether an object's gradients may be added to those of an earlier call.
    `labels` are given tensors of zeros and ones. What an `optional` task asks for need not be
    taken as an argument. A task `instead_of` another is another way in which the same functions
    may be called: whichever passes more counts. `parameters`, with their sizes, are those that
    an optimiser changes, where the derivation is one. `called` is what students call
    numbers that are given by no name.
    """

    name: str
    derivation: str
    values: Mapping[str, Value]
    calls: tuple[Call, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    sizes: Mapping[str, int | str] = field(default_factory=dict)
    otherwise: tuple[Otherwise, ...] = ()
    place: str = ""
    about: str = ""
    recovered: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, float | str] = field(default_factory=dict)
    drawn: Mapping[str, tuple[int | str, ...]] = field(default_factory=dict)
    instead_of: str = ""
    numbers: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    rates: Mapping[str, str] = field(default_factory=dict)
    accumulates: bool = False
    optional: bool = False
    labels: tuple[str, ...] = ()
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)

    @property
    def of_objects(self) -> bool:
        """Whether its calls are those of a class's methods."""
        return bool(self.calls) and self.calls[0].kind == "class"

    @property
    def functions(self) -> Iterator[str]:
        """The names of functions and classes that it needs or may check."""
        for call in self.calls:
            if call.kind != "method":
                yield from call.names

    @property
    def shown_names(self) -> dict[str, str]:
        """What its functions call sizes and scalars: `rho` is given as p."""
        found: dict[str, str] = {}
        for tree in (t for c in self.calls for t in (*c.arguments, c.named, c.sets)):
            if isinstance(tree, Mapping):
                found |= {v: k for k, v in tree.items() if isinstance(v, str) and v.isidentifier()}
        return {**found, **self._split, **self.called}

    @property
    def _split(self) -> dict[str, str]:
        """What stands for a size that the course splits: of `(n t)` N and T, and N·T for both."""
        layouts = (p.layout for v in self.values.values() for p in v.parts if p.layout)
        found: dict[str, str] = {}
        for group in (g for layout in layouts for g in layout.groups if len(g) > 1):
            letters = [letter.upper() for letter in group]
            found |= {**dict(zip(group, letters)), letters[0]: f"({'·'.join(letters)})"}
        return found

    def names_in(self, tree: Any) -> Iterator[str]:
        """The names in a tree of arguments or returned values."""
        if isinstance(tree, str):
            yield tree
        elif isinstance(tree, Mapping):
            for part in tree.values():
                yield from self.names_in(part)
        elif isinstance(tree, (list, tuple)):
            for part in tree:
                yield from self.names_in(part)


@dataclass(frozen=True)
class Convention:
    """The tasks of a course. `provided` are modules that the course hands out, by name, `policy`
    says which verdicts pass."""

    name: str
    title: str
    tasks: tuple[Task, ...]
    provided: Mapping[str, str] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)

    @property
    def functions(self) -> set[str]:
        """The names of all functions and classes."""
        return {name for task in self.tasks for name in task.functions}
