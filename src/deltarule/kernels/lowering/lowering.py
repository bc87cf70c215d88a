"""One pattern of equations and how it is emitted: a row of `lowerings.LOWERINGS`.

`match` looks for the pattern and returns a plan, which is all that was found; `emit` is handed
the plan and writes the lines, so that nothing is looked for twice. Of the patterns that an
equation matches, that of the largest `benefit` is emitted. (After the patterns of MLIR, which
have a benefit too: `mlir/IR/PatternMatch.h`.)
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sympy import Expr

from deltarule.errors import DeltaruleError
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.site import Site
from deltarule.kernels.python_text.indented import Lines

#: From this benefit on a lowering calls the prelude for a whole sum, which pays best outside of
#: all loops: in a recurrence it is done for all times at once where that can be, else early.
CALL = 50

Plan = TypeVar("Plan")


@dataclass(frozen=True)
class Stage:
    """A plan as a call from Python, between compiled functions (see `stages`).

    `rest` is assigned first, `comment` is the comment; `tests` gives the conditions on the sizes
    under which the pass should run in stages, and `write` writes the call. Both are said whether
    the sizes alone decide, or cost does. `prelude` is the helper that is called.
    """

    rest: Expr
    comment: str
    tests: Callable[[bool], Sequence[str]]
    write: Callable[[Lines, bool], None]
    prelude: str


@dataclass(frozen=True)
class Lowering(Generic[Plan]):
    """A pattern: `match` gives its plan for an equation or None, `emit` writes the plan's lines.

    `staged` gives another way to carry out the same plan, outside of compiled code, or None.
    `used_by` names a derivation of the catalogue, or an equation, whose kernel the pattern is in.
    `joins` tells whether a plan can share the loops of those before it, and `emit_joined` writes
    such plans.
    """

    name: str
    match: Callable[[Site], Plan | None]
    emit: Callable[[Plan, Site, Emitter], None]
    benefit: int
    staged: Callable[[Plan, Site], Stage | None] | None = None
    used_by: str = ""
    joins: Callable[[Sequence[Plan], Plan], bool] | None = None
    emit_joined: Callable[[Sequence[Plan], Sequence[Site], Emitter], None] | None = None

    @property
    def calls(self) -> bool:
        """Whether it calls the prelude for a whole sum."""
        return self.benefit >= CALL


@dataclass(frozen=True)
class Match(Generic[Plan]):
    """The lowering that was chosen for an equation, and what it found there."""

    lowering: Lowering[Plan]
    site: Site
    plan: Plan

    def emit(self, out: Emitter) -> None:
        """Write the lines. Raises DeltaruleError with the lowering's name where it fails, and where
        they are no Python.
        """
        self._emitted(out, "emit", lambda: self.lowering.emit(self.plan, self.site, out))

    def joins(self, others: Sequence[Match[Any]]) -> bool:
        """Whether it can be written in the loops of others, which come just before it."""
        joins = self.lowering.joins
        if joins is None or any(o.lowering is not self.lowering for o in others):
            return False
        with named(self.lowering, "joins", self.site):
            return joins([o.plan for o in others], self.plan)

    def emit_with(self, others: Sequence[Match[Any]], out: Emitter) -> None:
        """Write the lines of others, which it joins, and its own."""
        emit, every = self.lowering.emit_joined, (*others, self)
        if emit is None or not others:
            self.emit(out)
            return
        plans, sites = [m.plan for m in every], [m.site for m in every]
        self._emitted(out, "emit_joined", lambda: emit(plans, sites, out))

    def _emitted(self, out: Emitter, function: str, write: Callable[[], None]) -> None:
        with out.lines.recorded() as emitted:
            with named(self.lowering, function, self.site):
                write()
            refuse_no_python(self.lowering, self.site, emitted())

    def stage(self) -> Stage | None:
        """The plan as a stage of its own; None where it has no such form."""
        staged = self.lowering.staged
        if staged is None:
            return None
        with named(self.lowering, "staged", self.site):
            return staged(self.plan, self.site)


@contextmanager
def named(lowering: Lowering[Any], function: str, site: Site) -> Iterator[None]:
    """What fails inside is said with the lowering's name; its `function` was called."""
    try:
        yield
    except DeltaruleError:
        raise
    except Exception as error:
        raise DeltaruleError(
            f"the lowering {lowering.name} fails: {type(error).__name__}: {str(error)[:200]}",
            site.equation.place,
            f"mend its {function}, or leave it out of the lowerings",
        ) from error


def refuse_no_python(lowering: Lowering[Any], site: Site, lines: str) -> None:
    """Raises DeltaruleError, with the line, for lines that are no Python."""
    try:
        ast.parse(textwrap.dedent(lines))
    except SyntaxError as error:
        wrong = (error.text or "").strip()
        raise DeltaruleError(
            f"the lowering {lowering.name} emits what is no Python: {error.msg}: {wrong[:200]}",
            site.equation.place,
            "mend its emit: whole statements of Python, line by line",
        ) from None
