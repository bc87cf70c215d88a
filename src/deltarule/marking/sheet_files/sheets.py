"""Sheets: a worked example or an exam, with its numbers exactly as printed.

A sheet is a TOML file. Copy this one:

    title = "A 2-3-1 sigmoid network, one step of gradient descent"
    source = "KAIST AI602, lecture 1"
    network = "mlp"                # a derivation's name, or the path of one, from this file on
    optimiser = "gradient_descent" # the default; or another, or the path of one
    rate = 1                       # learning rate
    updates = 1                    # how often the parameters are updated
    not_updated = ["Theta1"]       # parameters held fixed; they stand under [given]
    asked = ["s1", "dE/dTheta2", "Theta2 after", "dE_m[0]/dh1[0]"] # left out: what is published,
    # and of a sheet that publishes nothing, what is answered

    [options]                      # of the derivation
    layers = 2
    batch = false

    [rounding]                     # how the publication carried its numbers; left out: exactly
    decimals = 2                   # or: significant = 3
    rule = "half-up"               # or half-even, truncate

    [given]
    x = [1.0, -0.5]
    y = 1.0
    Theta1 = [[1.2, 2.1, -1.5], [-0.3, -0.7, 0.3]]
    Theta2 = [-0.2, 0.5, 1.3]
    # and constants that are to differ from the usual ones: epsilon of a layer, mu of momentum

    [properties]                   # of the data, beyond what the derivation declares
    x = "sums to one"              # or: one-hot, symmetric, positive

    [names]                        # the sheet's own names for quantities
    W2 = "Theta2"

    [rename]                       # names of a lecture in place of the derivation's, everywhere
    E_o = "E_m"                    # here, in answers, and in what is printed

    [restated]                     # a given that the publication prints a second time
    "Theta1 transposed" = [[1.2, -0.3], [2.1, -0.7], [-1.5, 0.3]]

    [published]                    # trailing zeros count: 0.50 has two decimals
    s1 = [1.35, 2.45, -1.65]
    "dE/dTheta2" = [-0.07, -0.08, -0.01]
    "Theta2 after" = [-0.13, 0.58, 1.31]
    "dE_m[0]/dh1[0]" = 0.02        # one entry; entries count from 0

    [formulas]                     # formulas as printed, read by a parser of our own
    "dE/ds2" = "(ŷ − y) σ'(s2)"

    [marks]                        # points, however many entries; 1 each where nothing is said
    "dE/dTheta2" = 2
    partial = "share"              # of the right entries; or "none" unless all of them are right
    follows = "full"               # of the points; or "half", "none", a number from 0 to 1
    "follows trivially" = "none"   # the same where an earlier 0 leaves nothing to work out
    mistake = "none"               # the same for what has a named mistake
    "too few digits" = "none"      # the same for what is right but for its digits

    [[run]]                        # the same again with changes
    title = "after 100 updates"
    updates = 100
    at = "after"                   # published values are those computed after the updates
    [run.published]
    E = 0.0020

**Names** are written in any spelling of spelling/names.py (`Theta2`, `"Θ₂"`, `"∂E/∂Θ₂"`); those
with /, [, blanks or Greek letters stand in quotes. **Numbers** keep their digits. Fractions,
a Unicode minus and a decimal comma stand in quotes: `"1/3"`, `"−0,5"`. (`[0,5]` is two numbers.)
A matrix may be a text as it was pasted: `"[0.1 0.2; 0.3 0.4]"`, or what NumPy prints.
**Axes** of length 1 may be left out: a 3×1 matrix may be given as a list of three.

**Updates** are 1 when left out and a `rate`, an `… after` or `at = "after"` is there, else 0.
**Runs.** What stands before the first `[[run]]` is a run itself if it publishes or asks
something or states formulas, or if it is the only one. A further run inherits network, optimiser,
rate, updates, not_updated and rounding unless it has its own; its [run.options], [run.given],
[run.names], [run.rename] and [run.properties] add to and replace single values of the sheet's;
restated, published, formulas, asked, marks and at are its own.

A derivation is a program: whoever opens a sheet that names the path of one runs that program.
`check` does so only for a sheet that it is said to trust, `check example own.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from deltarule.arithmetic.printed import Printed
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.expressions.given_arguments import known_path
from deltarule.marking.points import Credit
from deltarule.marking.sheet_files.arrays import Numbers
from deltarule.marking.sheet_files.lenient import Lenient, read_leniently
from deltarule.marking.sheet_files.sheet_format import read_runs
from deltarule.marking.sheet_files.text_files import read_text
from deltarule.marking.sheet_files.toml_text import TomlText, expect
from deltarule.marking.sheet_files.unread import Unread
from deltarule.networks.network import Network

#: The tables of which a line that cannot be read costs itself alone.
PUBLISHED = ("published", "formulas")


@dataclass(frozen=True)
class Rounding:
    """How numbers were carried from line to line: exactly when both counts are None."""

    decimals: int | None = None
    significant: int | None = None
    rule: str = "half-up"

    @property
    def exact(self) -> bool:
        return self.decimals is None and self.significant is None


@dataclass(frozen=True)
class Run:
    """One computation of a sheet. Keys of the tables are canonical names, as text.

    `network` is the name or path of a derivation, or a network itself, which has its options.
    `asked` is empty when everything is; `at` is "after" when the published forward values are
    those after the updates, else "before". `restated` is keyed `Theta1` or `Theta1 transposed`.
    `unread` is what it publishes that nobody can read.
    """

    title: str
    network: str | Network
    options: dict[str, Any] = field(default_factory=dict)
    optimiser: str = "gradient_descent"
    rate: Printed | None = None
    updates: int = 0
    at: str = "before"
    not_updated: tuple[str, ...] = ()
    rounding: Rounding = Rounding()
    given: dict[str, Numbers] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    restated: dict[str, Numbers] = field(default_factory=dict)
    published: dict[str, Numbers] = field(default_factory=dict)
    formulas: dict[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    marks: dict[str, Printed] = field(default_factory=dict)
    credit: Credit = Credit()
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A sheet: `path` is where it was read, as the person would name it; `notes` say which lines
    were read otherwise than they stand there.
    """

    title: str
    source: str
    path: str
    runs: tuple[Run, ...]
    notes: tuple[str, ...] = ()


def load_sheet(name_or_path: str | Path) -> Sheet:
    """An example of the library by its bare name, else the sheet at a path.

    What it publishes and nobody can read stands under `unread` of the run, and stops nothing else.
    Raises DeltaruleError naming file, line and key for whatever else is not as described above.
    """
    path, name = found_sheet(name_or_path)
    read = read_leniently(read_text(path, name), name, PUBLISHED, elsewhere=False)
    return _sheet(read.toml, path.parent if isinstance(path, Path) else Path(), read)


def found_sheet(name_or_path: str | Path) -> tuple[Path | Traversable, str]:
    """Where the sheet is, and what to call it. Raises DeltaruleError for an unknown example."""
    remedy = 'give one, such as load_sheet("slide")'
    return _find(known_path("name_or_path", name_or_path, "load_sheet", remedy))


def sheet_of(toml: TomlText, folder: Path) -> Sheet:
    """The sheet that a text holds; paths in it are meant from the folder on.

    Raises DeltaruleError for whatever is not as described above, published values too.
    """
    return _sheet(toml, folder)


def _sheet(toml: TomlText, folder: Path, read: Lenient | None = None) -> Sheet:
    runs = []
    for settings in read_runs(toml, None if read is None else read.lost):
        for derivation in ("network", "optimiser"):
            settings[derivation] = _beside(folder, settings[derivation])
        settings["rounding"] = Rounding(**settings["rounding"])
        runs.append(Run(**settings))
    source = expect(toml.data.get("source", ""), str, toml.where("", "source"))
    notes = () if read is None else tuple(read.notes)
    return Sheet(toml.data["title"], source, toml.name, tuple(runs), notes)


def sheet_names() -> list[str]:
    """The names of the examples that come with the library."""
    folder = _examples()
    if not folder.is_dir():
        return []
    names = [file.name for file in folder.iterdir()]
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def _examples() -> Traversable:
    return resources.files("deltarule").joinpath("derivations", "examples")


def _find(name_or_path: str | Path) -> tuple[Path | Traversable, str]:
    """Where the sheet is, and what to call it."""
    text = str(name_or_path)
    bare = isinstance(name_or_path, str) and text.replace("-", "_").isidentifier()
    if not bare:
        return Path(name_or_path), text
    names = sheet_names()
    if text in names:
        return _examples().joinpath(f"{text}.toml"), f"derivations/examples/{text}.toml"
    if Path(text).exists():
        return Path(text), text
    known = f"the examples are {', '.join(names)}; a file of your own is named by its path"
    hint = did_you_mean(text, names)
    raise DeltaruleError(
        f"there is no example {text!r}", remedy=f"{hint} {known}" if hint else known
    )


def _beside(folder: Path, network: str) -> str:
    """A path of a derivation is meant from the sheet's folder on; a name stays a name."""
    return str(folder / network) if "/" in network or network.endswith(".py") else network
