"""All commands in one table: what each does, what can be asked of it together, and examples.

A command is a row here and a function with its options in cli/main.py; cli/rules.py refuses what a
row does not allow, and the help shows its examples and exit statuses.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Use:
    """One thing that a command can do.

    `asked_by` are the options that ask for it, none for what is done without any; `takes` the
    options that say something about it. `words` tells whether names, and options of a
    derivation's own, stand beside it; if not, `remedy` what to write.
    """

    asked_by: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    words: bool = True
    remedy: str = "leave it out"

    @property
    def options(self) -> tuple[str, ...]:
        return (*self.asked_by, *self.takes)


@dataclass(frozen=True)
class Command:
    """One command: where its function is, what it can do, which options go with which.

    Of each group in `exclude` one option may be given; an option in `needs` says nothing without
    one of its own. `wrong` says what exit status 1 means, where there is one.
    """

    does: str
    uses: tuple[Use, ...]
    examples: tuple[tuple[str, str], ...]
    exclude: tuple[tuple[str, ...], ...] = ()
    needs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    wrong: str = ""

    @property
    def options(self) -> tuple[str, ...]:
        """The names of all options, those that every command has left out."""
        return tuple(dict.fromkeys(name for use in self.uses for name in use.options))


def _words(names: str) -> tuple[str, ...]:
    return tuple(names.split())


def _use(asked_by: str, takes: str, words: bool = True, remedy: str = "leave it out") -> Use:
    return Use(_words(asked_by), _words(takes), words, remedy)


#: Options that every command has, beside whatever else is asked.
EVERYWHERE = ("json", "no-pager", "version", "help")
#: Those that are done before anything else is looked at.
FIRST = ("version", "help", "install-completion", "show-completion")
#: Of the ways to show something, one can be chosen.
_FORMATS = (("json", "latex", "markdown"), ("json", "fragment", "markdown"))

COMMANDS = {
    "derive": Command(
        "deriving:derive",
        (
            _use("list", "", words=False),
            _use("explain", "", words=False),
            _use("options", ""),
            _use(
                "prove",
                "",
                words=False,
                remedy="a statement is one word, or in quotes: derive "
                '--prove "bias before batch norm"',
            ),
            _use("count strict", "set"),
            _use("kernel emit", "set wrt dtype parallel force"),
            _use("", "set wrt of steps all brief latex fragment markdown"),
        ),
        (
            ("derive conv", "the gradients of a convolution"),
            ("derive mlp --layers 3 --wrt Theta2 --steps", "one of them, every step"),
            ("derive ./mine.py --latex", "a file of your own, as LaTeX"),
            ("derive lenet5 --count", "shapes, parameters, multiply–adds"),
            ("derive conv --stride 2 --kernel", "the source of the kernel"),
            ("derive conv --emit conv_kernels.py", "the same, as a file"),
        ),
        exclude=(
            *_FORMATS,
            ("steps", "brief"),
            ("brief", "json"),
            ("brief", "latex", "markdown"),
            ("brief", "fragment", "markdown"),
            ("kernel", "emit"),
        ),
        needs=(("force", ("emit",)), ("all", ("steps",))),
        wrong="a statement of --prove is refuted or not decided",
    ),
    "trace": Command(
        "tracing:trace",
        (
            _use("random", "seed set rate decimals significant rounding exact only latex fragment"),
            _use("", "example decimals significant rounding exact only as-printed latex fragment"),
        ),
        (
            ("trace example slide", "a worked example, line by line"),
            ("trace backprop --example slide --decimals 2", "the same, rounded at each line"),
            ("trace dense --random --set N=2", "numbers drawn at random"),
            ("trace my_sheet.toml --latex", "a sheet of your own, as LaTeX"),
            ("trace flow rnn --steps 100", "how the gradient vanishes"),
        ),
        exclude=(
            ("json", "latex"),
            ("json", "fragment"),
            ("decimals", "significant", "exact"),
            ("rounding", "exact"),
        ),
        wrong="a gradient fails its own check",
    ),
    "trace flow": Command(
        "flow:show_flow",
        (_use("factor", "steps", words=False), _use("", "steps width gain alone seed")),
        (
            ("trace flow rnn --steps 100", "over a hundred times"),
            ("trace flow chain --layers 20 --activation relu", "through twenty layers"),
            ("trace flow --factor 0.99 --steps 1000", "a product of equal factors"),
        ),
    ),
    "check": Command(
        "checking:check",
        (_use("template", "run output", words=False), _use("", "sheet brief latex markdown")),
        (
            ("check example slide", "the published values of an example"),
            ("check --template slide > mine.toml", "an empty answers file"),
            ("check mine.toml", "your answers"),
            ("check example own.toml", "a sheet of your own, and the program that it may name"),
            ("check class/ --sheet exam.toml --brief", "all answers in a folder"),
            ("check gradient conv --stride 2", "the gradients of a layer"),
        ),
        exclude=(("json", "latex", "markdown"), ("brief", "json"), ("brief", "latex", "markdown")),
        wrong="something is not right, or some of several files could not be read",
    ),
    "check gradient": Command(
        "checking:check_gradients",
        (_use("", "set shape seed jacobian no-kernel rtol atol timeout"),),
        (
            ("check gradient conv --stride 2", "a layer of the catalogue"),
            ("check gradient layers.py", "all functions of a file of your own"),
            ("check gradient layers.py:dense --set N=4", "one of them"),
            ('check gradient layers.py:dense --shape "x=N D"', "with the shape of an argument"),
        ),
        exclude=(("jacobian", "no-kernel"),),
        wrong="a gradient is not right, or one of several could not be checked",
    ),
    "train": Command(
        "train:show_training",
        (_use("", "network update rate batch epochs shift few held-out seed", words=False),),
        (
            ("deltarule train", "LeNet-5 on handwritten digits"),
            (
                "deltarule train --network keras_cnn --update momentum --rate 0.01 --epochs 5",
                "another network and update",
            ),
        ),
        wrong="not even a few samples could be learnt by heart",
    ),
}
