"""The options of all commands, each stated once: how it is written and what it is for."""

from __future__ import annotations

from typer import Argument, Context, Exit, Option, echo

from deltarule.cli import completion as names


def _words(metavar: str, help: str, complete):
    return Argument(metavar=metavar, help=help, show_default=False, autocompletion=complete)


def _named(option: str, metavar: str, help: str, complete):
    """An option whose value is one of some names, which a shell can complete."""
    return Option(option, metavar=metavar, help=help, autocompletion=complete)


def _say_version(context: Context, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from importlib.metadata import version

        root = context.find_root()
        program = "" if root.command.name is None else f"{root.info_name} "
        number = version("deltarule")
        echo(f"{program}(deltarule) {number}" if program else f"deltarule {number}")
        raise Exit()


# for all commands
VERSION = Option("--version", callback=_say_version, is_eager=True, help="The version.")
NO_PAGER = Option("--no-pager", help="On a terminal, show all at once, however long.")
JSON = Option("--json", help="As JSON, errors too.")
LATEX = Option("--latex", help="As a LaTeX document.")
FRAGMENT = Option("--fragment", help="LaTeX without a preamble, to paste.")
SET = _named("--set", "SIZE=NUMBER", "A number for a size: --set N=2.", names.sizes)
NETWORK = _words(
    "NAME [--ITS-OPTION VALUE]",
    "A derivation's name, or the path of a file of your own; then its own options.",
    names.derivations,
)

# for derive
WRT = _named("--wrt", "NAME", "Only the gradient by this tensor. Repeatable.", names.tensors)
OF = _named("--of", "NAME", "Differentiate this tensor instead.", names.tensors)
STEPS = Option("--steps", help="Every step, and how it was checked.")
ALL = Option("--all", help="With --steps: gradients that are alike, each whole too.")
BRIEF = Option("--brief", help="One line a gradient.")
MARKDOWN = Option("--markdown", help="As Markdown.")
LIST = Option("--list", help="All derivations there are.")
OPTIONS = Option("--options", help="The options and sizes of the one named.")
PROVE = _named(
    "--prove", "STATEMENT", "Prove or refute one; list names them all.", names.statements
)
COUNT = Option("--count", help="Shapes, parameters, multiply-adds, memory, receptive fields.")
STRICT = Option("--strict", help="With --count: refuse windows that do not fit.")
EXPLAIN = _named("--explain", "RULE", "What a rule means, with an example.", names.rules)
KERNEL = Option("--kernel", help="The source of the compiled kernel.")
EMIT = Option("--emit", metavar="FILE.py", help="Write the kernel: needs NumPy and Numba alone.")
DTYPE = _named(
    "--dtype",
    "TYPE",
    "float32, float64 (the usual) or complex128.",
    names.one_of("float32", "float64", "complex128"),
)
PARALLEL = Option("--parallel", help="With --kernel, --emit: loops in several threads.")
FORCE = Option("--force", help="With --emit: overwrite whatever is there.")

# for trace
EXAMPLE = _named("--example", "NAME", "The sheet of that name.", names.sheets)
DECIMALS = Option("--decimals", metavar="N", min=0, help="Round every line to so many decimals.")
SIGNIFICANT = Option("--significant", metavar="N", min=1, help="Round to so many figures.")
ROUNDING = _named(
    "--rounding",
    "RULE",
    "half-up, half-even or truncate.",
    names.one_of("half-up", "half-even", "truncate"),
)
EXACT = Option("--exact", help="Carry every line exactly.")
ONLY = _named("--only", "NAME", "Only this quantity. Repeatable.", names.tensors)
RANDOM = Option("--random", help="Draw the numbers.")
SEED = Option("--seed", metavar="N", help="What to draw them from.")
RATE = Option("--rate", metavar="RATE", help="With --random: update with this rate.")
AS_PRINTED = Option("--as-printed", help="Use even givens that the sheet itself contradicts.")

# for trace flow
FLOWS = _words(
    "NAME [--ITS-OPTION VALUE]", "A recurrent network, or one of many layers.", names.derivations
)
FLOW_STEPS = Option("--steps", metavar="N", help="So many times or, with --factor, factors.")
WIDTH = Option("--width", metavar="N", help="What other sizes are (8).")
GAIN = Option("--gain", metavar="NUMBER", help="Weights are so many times as large (1).")
ALONE = Option("--alone", help="Without other networks beside it.")
FACTOR = Option("--factor", metavar="NUMBER", help="No network: a product of equal factors.")

# for check
CHECKED = _words(
    "example NAME | FILE.toml … | FOLDER",
    "A sheet, whose published values are marked, or somebody's answers; several, or all in a "
    "folder. A program that a sheet names, a derivation of its own, is run only for example "
    "FILE.toml and for --sheet. FILE.py is for check gradient, which runs it.",
    names.checked,
)
SUMMARY = Option("--brief", help="Of several files, a line each and the totals.")
SHEET = _named("--sheet", "SHEET", "What the answers are to.", names.sheets)
TEMPLATE = _named("--template", "SHEET", "An empty answers file for a sheet.", names.sheets)
OUTPUT = Option("--output", "-o", metavar="FILE", help="Where to write the template.")
RUN = Option("--run", metavar="N", help="With --template: which run of the sheet.")

# for check gradient
MEASURED = _words(
    "NAME | FILE.py[:FUNCTION] …",
    "A derivation, or functions of your own. FILE.py is run for that: check no file that you "
    "would not run.",
    names.derivations,
)
SHAPE = Option("--shape", metavar="ARG=SIZES", help='Of your own function: --shape "x=N D".')
JACOBIAN = Option("--jacobian", help="Measure gradients by compiled kernels, at any size.")
NO_KERNEL = Option("--no-kernel", help="Check formulas alone: no kernel is compiled.")
RTOL = Option("--rtol", metavar="R", min=0.0, help="Allowed, relative to the largest entry.")
ATOL = Option("--atol", metavar="A", min=0.0, help="Allowed besides.")
TIMEOUT = Option("--timeout", metavar="S", min=0.01, help="Seconds for each function (60).")

# for train
TRAINED = _named("--network", "NAME", "Takes images, tells classes apart.", names.derivations)
UPDATE = _named("--update", "NAME", "adam, momentum, gradient_descent, …", names.updates)
STEP = Option("--rate", metavar="RATE", help="Learning rate, if not the update's own.")
BATCH = Option("--batch", metavar="N", help="Images a step.")
EPOCHS = Option("--epochs", metavar="N", help="How often all images are learnt from.")
SHIFT = Option("--shift", metavar="PIXELS", help="Images are moved by up to so much each time.")
FEW = Option("--few", metavar="N", help="So many are learnt by heart first; 0 leaves it out.")
HELD_OUT = Option("--held-out", metavar="N", help="So many are kept to try the network on.")
TRAINING_SEED = Option("--seed", metavar="N", help="What all that is random is drawn from.")
