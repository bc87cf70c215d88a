"""`trace`: its options, and what goes together."""

from typing import Annotated

from deltarule.cli import completion as names
from deltarule.cli.kinds_of_words import is_formula
from deltarule.cli.row import NETWORK, SEED, SET, Asked, Row, one_of, option, use


class Trace(Asked):
    """Work through with numbers: forward, backward, update."""

    words: Annotated[list[str] | None, NETWORK] = None
    equation: Annotated[
        str | None,
        option("An equation instead of a name, with numbers drawn; several by ;.", "EQUATION"),
    ] = None
    example: Annotated[str | None, option("The sheet of that name.", "NAME", names.sheets)] = None
    decimals: Annotated[
        int | None, option("Round every line to so many decimals.", "N", least=0)
    ] = None
    significant: Annotated[int | None, option("Round to so many figures.", "N", least=1)] = None
    rounding: Annotated[
        str | None,
        option(
            "half-up, half-even or truncate.", "RULE", one_of("half-up", "half-even", "truncate")
        ),
    ] = None
    exact: Annotated[bool, option("Carry every line exactly.")] = False
    only: Annotated[
        list[str] | None, option("Only this quantity. Repeatable.", "NAME", names.tensors)
    ] = None
    random: Annotated[bool, option("Draw the numbers.")] = False
    seed: Annotated[int, SEED] = 0
    set_: Annotated[list[str] | None, SET] = None
    rate: Annotated[str | None, option("With --random: update with this rate.", "RATE")] = None
    as_printed: Annotated[bool, option("Use even givens that the sheet itself contradicts.")] = (
        False
    )

    def __init__(self, **given):
        super().__init__(**given)
        if self.equation is not None:
            self.words = [self.equation, *(self.words or ())]


ROW = Row(
    Trace,
    (
        use(
            "a trace",
            ".cli.trace:show_random",
            "random equation",
            "seed set rate decimals significant rounding exact only",
            # No sheet has numbers for what is typed.
            asked_by_word=is_formula,
        ),
        use(
            "a worked sheet",
            ".cli.trace:show_trace",
            "",
            "example decimals significant rounding exact only as-printed",
        ),
    ),
    (
        ("trace example slide", "a worked example, line by line"),
        ("trace backprop --example slide --decimals 2", "the same, rounded at each line"),
        ("trace dense --random --set N=2", "numbers drawn at random"),
        ('trace "y = tanh(W x + b)" --set W=2x3', "an equation of your own, likewise"),
        ("trace my_sheet.toml --latex", "a sheet of your own, as LaTeX"),
        ("trace flow rnn --steps 100", "how the gradient vanishes"),
    ),
    exclude=(("decimals", "significant", "exact"), ("rounding", "exact")),
    wrong="a gradient fails its own check",
)
