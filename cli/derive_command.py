"""`derive`: its options, what can be done with it, and what goes together."""

from pathlib import Path
from typing import Annotated

from deltarule.cli import completion as names
from deltarule.cli.row import NETWORK, SET, Asked, Row, one_of, option, use


class Derive(Asked):
    """Derive gradients from the forward equations, step by step."""

    words: Annotated[list[str] | None, NETWORK] = None
    equation: Annotated[
        str | None, option("An equation instead of a name; several are parted by ;.", "EQUATION")
    ] = None
    wrt: Annotated[
        list[str] | None,
        option("Only the gradient by this tensor. Repeatable.", "NAME", names.tensors),
    ] = None
    of: Annotated[
        str | None, option("Differentiate this tensor instead.", "NAME", names.tensors)
    ] = None
    set_: Annotated[list[str] | None, SET] = None
    hvp: Annotated[bool, option("The Hessian times a vector v; with --wrt along these.")] = False
    jvp: Annotated[bool, option("How all moves along a vector v; with --wrt along these.")] = False
    gauss_newton: Annotated[
        str | None, option("Gauss–Newton at Z, times v; entries with --hessian.", "Z")
    ] = None
    hessian: Annotated[bool, option("Second derivatives, entry by entry; with --wrt by these.")] = (
        False
    )
    jacobian: Annotated[
        str | None, option("Derivatives of a tensor, entry by entry: --jacobian y/x.", "Y/X")
    ] = None
    steps: Annotated[bool, option("Every step, and how it was checked.")] = False
    all_: Annotated[bool, option("With --steps: gradients that are alike, each whole too.")] = False
    brief: Annotated[bool, option("One line a gradient.")] = False
    dual: Annotated[
        bool, option("The other form of sums that have two: over taps, over outputs.")
    ] = False
    list_: Annotated[bool, option("All derivations there are.")] = False
    options: Annotated[bool, option("The options and sizes of the one named.")] = False
    explain: Annotated[
        str | None, option("What a rule means; list names them all.", "RULE", names.rules)
    ] = None
    prove: Annotated[
        str | None,
        option("Prove or refute one; list names them all.", "STATEMENT", names.statements),
    ] = None
    count: Annotated[
        bool, option("Shapes, parameters, multiply-adds, memory, receptive fields.")
    ] = False
    strict: Annotated[bool, option("With --count: refuse windows that do not fit.")] = False
    kernel: Annotated[bool, option("Both passes as loops that one can read.")] = False
    tuned: Annotated[bool, option("With --kernel: the fast one, and its machinery.")] = False
    emit: Annotated[
        Path | None, option("Write the kernel: needs NumPy and Numba alone.", "FILE.py")
    ] = None
    dtype: Annotated[
        str | None,
        option(
            "float32, float64 (the usual) or complex128.",
            "TYPE",
            one_of("float32", "float64", "complex128"),
        ),
    ] = None
    parallel: Annotated[bool, option("With --kernel, --emit: loops in several threads.")] = False
    plain: Annotated[bool, option("With --emit: the loops of --kernel.")] = False
    target: Annotated[
        str | None,
        option(
            "With --emit: numba (the usual), numpy, torch or jax.",
            "NAME",
            one_of("numba", "numpy", "torch", "jax"),
        ),
    ] = None

    def __init__(self, **given):
        super().__init__(**given)
        if self.equation is not None:
            self.words = [self.equation, *(self.words or ())]


#: What may be said of gradients, however they are shown.
_OF_GRADIENTS = "set wrt equation hvp gauss-newton"

ROW = Row(
    Derive,
    (
        use("the list of derivations", ".cli.catalogue:show_list", "list", words=False),
        use("the explanation of a rule", ".cli.explain:show_rule", "explain", words=False),
        use("the list of options", ".cli.derivation_options:show_options", "options", "equation"),
        use(
            "a proof",
            ".cli.prove:show_proof",
            "prove",
            words=False,
            remedy='a statement is one word, or in quotes: derive --prove "bias before batch norm"',
        ),
        use("a table of counts", ".cli.count:show_count", "count strict", "set equation"),
        use(
            "the source of a kernel",
            ".cli.kernel:show_kernel",
            "kernel emit",
            f"{_OF_GRADIENTS} jvp dtype parallel tuned plain target",
        ),
        use("tangents", ".cli.second_order:show_tangents", "jvp", "set wrt equation"),
        use(
            "entries of a derivative",
            ".cli.second_order:show_entries",
            "hessian jacobian",
            "set wrt equation steps gauss-newton",
        ),
        use("one line a gradient", ".cli.derive:show_brief", "brief", f"{_OF_GRADIENTS} of dual"),
        use(
            "a derivation", ".cli.derive:show_derivation", "", f"{_OF_GRADIENTS} of steps all dual"
        ),
    ),
    (
        ("derive conv", "the gradients of a convolution"),
        ("derive mlp --layers 3 --wrt Theta2 --steps", "one of them, every step"),
        ("derive ./mine.py --latex", "a file of your own, as LaTeX"),
        ("derive lenet5 --count", "shapes, parameters, multiply–adds"),
        ("derive conv --stride 2 --kernel", "both passes as loops to read"),
        ("derive conv --options", "what a layer can be asked for"),
        ('derive --equation "y[n] = tanh(x[n]*w[n])"', "an equation of your own"),
        ("derive softmax_cross_entropy --hessian", "second derivatives"),
        ("derive conv --emit conv_kernels.py", "fast ones, as a file"),
        ("derive conv --emit conv_torch.py --target torch", "for PyTorch, or jax"),
    ),
    exclude=(
        ("steps", "brief"),
        ("steps", "dual"),
        ("kernel", "emit"),
        ("hessian", "jacobian"),
        ("hvp", "jvp", "gauss-newton"),
        ("hvp", "of"),
        ("gauss-newton", "of"),
        ("gauss-newton", "jacobian"),
    ),
    needs=(
        ("plain", ("emit",)),
        ("target", ("emit",)),
        ("tuned", ("kernel",)),
        ("all", ("steps",)),
    ),
    wrong="a statement of --prove is refuted or not decided",
    writes=("emit",),
)
