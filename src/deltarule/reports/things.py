"""What is shown where that is more than one object of the engine, whatever the format.

The table in cli/formats.py has a function for each thing and format; it takes one of these, or the
object itself, such as a `Count`. Every command reads this file: they are named tuples, which are
made in a third of the time of data classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from deltarule.arithmetic.magnitude import Magnitude
    from deltarule.calculus import Derivation, Gradient
    from deltarule.calculus.jacobians import Entries
    from deltarule.errors import DeltaruleError
    from deltarule.gradcheck.choose import ChosenCheck
    from deltarule.gradcheck.result import GradientCheck
    from deltarule.marking.sheet_files.sheets import Sheet
    from deltarule.marking.verdicts import Marking
    from deltarule.marking.worked_sheets import Worked
    from deltarule.networks.network import Network
    from deltarule.submissions.findings import FunctionFinding, FunctionVerdict, SubmissionReport
    from deltarule.tracing.flow_found import Flow
    from deltarule.tracing.trace import Trace


class ShownDerivation(NamedTuple):
    """Some gradients of a derivation; with `steps` every step of them, those of gradients that are
    alike once unless `every`. `inner` are those that lines of the network are.
    """

    derivation: Derivation
    gradients: Sequence[Gradient]
    steps: bool = False
    every: bool = False
    inner: Sequence[Gradient] = ()


class ShownEntries(NamedTuple):
    """Jacobians or blocks of a Hessian of one network, or of its Gauss–Newton matrix, with `steps`
    those that lead there.
    """

    network: Network
    entries: Sequence[Entries]
    steps: bool = False
    gauss_newton: bool = False


class ShownTangents(NamedTuple):
    """A network with its tangents, and the derivation that these are from."""

    network: Network
    derivation: Derivation


class ShownKernel(NamedTuple):
    """The source of a kernel, and the file that it was written to, if it was.

    `dtype` is None for what takes numbers of any type; `target` is what it is written for: numba,
    numpy, torch or jax.
    """

    derivation: str
    dtype: str | None
    parallel: bool
    path: Path | None
    source: str
    target: str


class ShownTrace(NamedTuple):
    """A network worked through with numbers, drawn from `seed` if it is not None; `only` some
    quantities, or all.
    """

    trace: Trace
    seed: int | None = 0
    only: set[str] | None = None


class ShownSheet(NamedTuple):
    """A sheet's runs worked through, with the verdicts on what it publishes."""

    sheet: Sheet
    runs: Sequence[Worked]
    only: set[str] | None = None


class ShownFlow(NamedTuple):
    """How large the gradient of a network is at every place, and of others beside it."""

    flow: Flow
    beside: Sequence[Flow] = ()


class ShownProduct(NamedTuple):
    """The product of so many equal factors."""

    factor: Magnitude
    steps: int
    product: Magnitude


class ShownTemplate(NamedTuple):
    """An empty answers file for a run of a sheet, and where it was written, if it was."""

    sheet: str
    run: int
    path: Path | None
    text: str


class MarkedFile(NamedTuple):
    """One of several files and what came of it: its marking, or why it could not be marked."""

    path: str
    marking: Marking | None = None
    error: DeltaruleError | None = None

    @property
    def right(self) -> bool:
        """Whether everything in it is right."""
        return self.marking is not None and self.marking.passed

    @property
    def sign(self) -> str:
        return "?" if self.marking is None else "✓" if self.right else "✗"


class CheckedFile(NamedTuple):
    """A student's file and what was found of it, or why it could not be checked.

    `accepted` are the verdicts that pass, if not those of the convention's policy; `seconds` is how
    long it took, loading included.
    """

    path: str
    accepted: frozenset[FunctionVerdict] | None
    report: SubmissionReport | None = None
    error: DeltaruleError | None = None
    seconds: float = 0.0

    def passes(self, finding: FunctionFinding) -> bool:
        """Whether what was found of a function counts as right."""
        if self.accepted is not None:
            return finding.verdict in self.accepted
        if self.report is None or self.report.policy is None:
            return finding.verdict.passes
        return self.report.policy.accepts(finding)

    @property
    def right(self) -> bool:
        """Whether it was checked, and every function passes."""
        found = self.report.functions if self.report and not self.report.error else []
        return bool(found) and all(map(self.passes, found))

    @property
    def sign(self) -> str:
        unknown = self.report is None or not self.report.known
        return "?" if unknown else "✓" if self.right else "✗"


class CheckedCode(NamedTuple):
    """Students' files, answers that were `marked` beside them, and how many files of a folder were
    left out, as no convention knows a function of theirs.
    """

    files: Sequence[CheckedFile]
    marked: Sequence[MarkedFile] = ()
    left_out: int = 0

    @property
    def right(self) -> bool:
        """Whether everything passes."""
        return all(f.right for f in (*self.files, *self.marked))


def together(files: Iterable[MarkedFile]) -> Marking:
    """The scores of all files that could be marked, as if of one."""
    from deltarule.marking.verdicts import Marking

    scores = [file.marking.scores for file in files if file.marking is not None]
    return Marking("", (), scores=tuple(chain.from_iterable(scores)))


class MeasuredGradients(NamedTuple):
    """What came out for one derivation or function.

    `own` is what its gradients are called beside the measured ones; `bare` says that it has none.
    """

    checked: str
    title: str
    checks: Sequence[GradientCheck]
    faults: Sequence[str] = ()
    lines: Sequence[str] = ()
    more: Mapping | None = None
    own: str = "derived"
    bare: bool = False
    kernel: ChosenCheck | None = None
    error: DeltaruleError | None = None

    @property
    def right(self) -> bool:
        """Whether nothing is wrong, and nothing was left unchecked."""
        sound = self.error is None and not self.faults and all(c.right for c in self.checks)
        return sound and not (self.kernel and self.kernel.fault)
