"""`check gradient`: its options, and what goes together."""

from typing import Annotated

from deltarule.cli import completion as names
from deltarule.cli.row import SEED, SET, Asked, Row, beside, option, use


class Gradient(Asked):
    """Measure gradients: those of a derivation, or of functions of your own."""

    words: Annotated[
        list[str] | None,
        beside(
            "NAME | FILE.py[:FUNCTION] …",
            "A derivation, or functions of your own. FILE.py is run for that: check no file that "
            "you would not run.",
            names.derivations,
        ),
    ] = None
    set_: Annotated[list[str] | None, SET] = None
    second: Annotated[
        bool, option("The Hessian times a vector, against dual numbers over the gradient.")
    ] = False
    gauss_newton: Annotated[
        str | None, option("The Gauss–Newton matrix at Z times a vector, likewise.", "Z")
    ] = None
    shape: Annotated[
        list[str] | None, option('Of your own function: --shape "x=N D".', "ARG=SIZES")
    ] = None
    seed: Annotated[int, SEED] = 0
    jacobian: Annotated[bool, option("Measure gradients by compiled kernels, at any size.")] = False
    no_kernel: Annotated[bool, option("Check formulas alone: no kernel is compiled.")] = False
    rtol: Annotated[
        float | None, option("Allowed, relative to the largest entry.", "R", least=0.0)
    ] = None
    atol: Annotated[float | None, option("Allowed besides.", "A", least=0.0)] = None
    sandbox: Annotated[
        bool, option("Run your file where it sees no other file and no network.")
    ] = False
    timeout: Annotated[float | None, option("Seconds for each function (60).", "S", least=0.01)] = (
        None
    )


ROW = Row(
    Gradient,
    (
        use(
            "a gradient check",
            ".cli.gradient:show_gradients",
            "",
            "set second gauss-newton shape seed jacobian no-kernel rtol atol sandbox timeout",
        ),
    ),
    (
        ("check gradient conv --stride 2", "a layer of the catalogue"),
        ("check gradient softmax_cross_entropy --second", "its second derivatives"),
        ("check gradient layers.py", "all functions of a file of your own"),
        ("check gradient layers.py:dense --set N=4", "one of them"),
        ('check gradient layers.py:dense --shape "x=N D"', "with the shape of an argument"),
    ),
    exclude=(("jacobian", "no-kernel"), ("second", "gauss-newton")),
    wrong="a gradient is not right, or one of several could not be checked",
)
