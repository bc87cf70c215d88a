"""`trace landscape`: its options, and what goes together."""

from typing import Annotated

from deltarule.cli import completion as names
from deltarule.cli.row import SEED, Asked, Row, beside, option, use


class Landscape(Asked):
    """A slice of the loss, and the ways that optimisers take on it."""

    words: Annotated[
        list[str] | None,
        beside("NAME [--ITS-OPTION VALUE]", "A network with a loss.", names.derivations),
    ] = None
    update: Annotated[
        list[str] | None,
        option(
            "An optimiser. Repeatable (gradient_descent, momentum, adam).", "NAME", names.updates
        ),
    ] = None
    steps: Annotated[int | None, option("So many steps of each (60).", "N", least=1)] = None
    rate: Annotated[str | None, option("Learning rate of all, if not their own.", "RATE")] = None
    width: Annotated[int | None, option("What sizes are (4).", "N", least=1)] = None
    seed: Annotated[int, SEED] = 0


ROW = Row(
    Landscape,
    (use("a loss landscape", ".cli.landscape:show_landscape", "", "update steps rate width seed"),),
    (
        ("trace landscape mlp --rate 0.1 --svg mlp.svg", "three optimisers, as a picture"),
        ("trace landscape mlp --update adam --update rmsprop", "two of them"),
    ),
)
