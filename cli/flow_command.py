"""`trace flow`: its options, and what goes together."""

from typing import Annotated

from deltarule.cli import completion as names
from deltarule.cli.row import SEED, Asked, Row, beside, option, use


class Flow(Asked):
    """How large the gradient is at every time or layer: does it vanish or explode?"""

    words: Annotated[
        list[str] | None,
        beside(
            "NAME [--ITS-OPTION VALUE]",
            "A recurrent network, or one of many layers.",
            names.derivations,
        ),
    ] = None
    steps: Annotated[str | None, option("So many times or, with --factor, factors.", "N")] = None
    width: Annotated[str | None, option("What other sizes are (8).", "N")] = None
    gain: Annotated[str | None, option("Weights are so many times as large (1).", "NUMBER")] = None
    alone: Annotated[bool, option("Without other networks beside it.")] = False
    factor: Annotated[str | None, option("No network: a product of equal factors.", "NUMBER")] = (
        None
    )
    seed: Annotated[int, SEED] = 0


ROW = Row(
    Flow,
    (
        use("a product of factors", ".cli.flow:show_product", "factor", "steps", words=False),
        use("the flow of a gradient", ".cli.flow:show_flow", "", "steps width gain alone seed"),
    ),
    (
        ("trace flow rnn --steps 100", "over a hundred times"),
        ("trace flow chain --layers 20 --activation relu", "through twenty layers"),
        ("trace flow --factor 0.99 --steps 1000", "a product of equal factors"),
    ),
)
