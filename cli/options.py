"""The options of all commands, each stated once: how it is written and what it is for."""

from __future__ import annotations

from typer import Argument, Option


def _words(metavar: str, help: str):
    return Argument(metavar=metavar, help=help, show_default=False)


# for all commands
JSON = Option("--json", help="As JSON, errors too.")
LATEX = Option("--latex", help="As a LaTeX document.")
FRAGMENT = Option("--fragment", help="LaTeX without a preamble, to paste.")
SET = Option("--set", metavar="SIZE=NUMBER", help="A number for a size: --set N=2.")
NETWORK = _words(
    "NAME [--ITS-OPTION VALUE]",
    "A derivation's name, or the path of a file of your own; then its own options.",
)

# for derive
WRT = Option("--wrt", metavar="NAME", help="Only the gradient by this tensor. Repeatable.")
OF = Option("--of", metavar="NAME", help="Differentiate this tensor instead.")
STEPS = Option("--steps", help="Every step, and how it was checked.")
BRIEF = Option("--brief", help="One line a gradient.")
MARKDOWN = Option("--markdown", help="As Markdown.")
LIST = Option("--list", help="All derivations there are.")
OPTIONS = Option("--options", help="The options and sizes of the one named.")
PROVE = Option("--prove", metavar="STATEMENT", help="Prove or refute one; list names them all.")
COUNT = Option("--count", help="Shapes, parameters, multiply-adds, memory, receptive fields.")
STRICT = Option("--strict", help="With --count: refuse windows that do not fit.")
EXPLAIN = Option("--explain", metavar="RULE", help="What a rule means, with an example.")
KERNEL = Option("--kernel", help="The source of the compiled kernel.")
EMIT = Option("--emit", metavar="FILE.py", help="Write the kernel: needs NumPy and Numba alone.")
DTYPE = Option("--dtype", metavar="TYPE", help="float32, float64 (the usual) or complex128.")
PARALLEL = Option("--parallel", help="With --kernel, --emit: loops in several threads.")
FORCE = Option("--force", help="With --emit: overwrite whatever is there.")

# for trace
EXAMPLE = Option("--example", metavar="NAME", help="The sheet of that name.")
DECIMALS = Option("--decimals", metavar="N", min=0, help="Round every line to so many decimals.")
SIGNIFICANT = Option("--significant", metavar="N", min=1, help="Round to so many figures.")
ROUNDING = Option("--rounding", metavar="RULE", help="half-up, half-even or truncate.")
EXACT = Option("--exact", help="Carry every line exactly.")
ONLY = Option("--only", metavar="NAME", help="Only this quantity. Repeatable.")
RANDOM = Option("--random", help="Draw the numbers.")
SEED = Option("--seed", metavar="N", help="What to draw them from.")
RATE = Option("--rate", metavar="RATE", help="With --random: update with this rate.")
AS_PRINTED = Option("--as-printed", help="Use even givens that the sheet itself contradicts.")

# for check
CHECKED = _words(
    "example NAME | FILE.toml | gradient NAME",
    "A sheet, whose published values are marked, or somebody's answers; or a derivation, or "
    "FILE.py:FUNCTION of your own, whose gradients are measured. FILE.py is run for that: "
    "check no file that you would not run.",
)
SHEET = Option("--sheet", metavar="SHEET", help="What the answers are to.")
TEMPLATE = Option("--template", metavar="SHEET", help="An empty answers file for a sheet.")
RUN = Option("--run", metavar="N", help="With --template: which run of the sheet.")
SHAPE = Option("--shape", metavar="ARG=SIZES", help='Of your own function: --shape "x=N D".')
JACOBIAN = Option("--jacobian", help="Measure gradients by compiled kernels, at any size.")
NO_KERNEL = Option("--no-kernel", help="Check formulas alone: no kernel is compiled.")
RTOL = Option("--rtol", metavar="R", min=0.0, help="Allowed, relative to the largest entry.")
ATOL = Option("--atol", metavar="A", min=0.0, help="Allowed besides.")
TIMEOUT = Option("--timeout", metavar="S", min=0.01, help="Seconds for each function (60).")
OUTPUT = Option("--output", "-o", metavar="FILE", help="Where to write the template.")

# for train
TRAINED = Option("--network", metavar="NAME", help="Takes images, tells classes apart.")
UPDATE = Option("--update", metavar="NAME", help="adam, momentum, gradient_descent, …")
STEP = Option("--rate", metavar="RATE", help="Learning rate, if not the update's own.")
BATCH = Option("--batch", metavar="N", help="Images a step.")
EPOCHS = Option("--epochs", metavar="N", help="How often all images are learnt from.")
SHIFT = Option("--shift", metavar="PIXELS", help="Images are moved by up to so much each time.")
FEW = Option("--few", metavar="N", help="So many are learnt by heart first; 0 leaves it out.")
HELD_OUT = Option("--held-out", metavar="N", help="So many are kept to try the network on.")
TRAINING_SEED = Option("--seed", metavar="N", help="What all that is random is drawn from.")
