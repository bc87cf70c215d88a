"""`derive NAME --kernel` and `--emit FILE.py`: the source of a kernel, shown or written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deltarule.cli.arguments import numbers, one_name, split
from deltarule.cli.derive_command import Derive
from deltarule.cli.formats import show
from deltarule.cli.kinds_of_words import is_formula
from deltarule.cli.page import Page
from deltarule.cli.screen import busy
from deltarule.cli.typed_formula import network_named, shown_by
from deltarule.errors import DeltaruleError
from deltarule.reports.things import ShownKernel
from deltarule.spelling.names import ascii_name

if TYPE_CHECKING:
    from deltarule.networks.network import Network

EXAMPLE = "derive conv --kernel"


def show_kernel(asked: Derive) -> int:
    """Derive, write the source, and show it or say where it is."""
    from deltarule.calculus.derived_again import jvp
    from deltarule.kernels.export import refuse_emitting, write_emitted
    from deltarule.kernels.requests import known_dtype

    if asked.emit is not None:
        refuse_emitting(asked.emit, asked.force)
    bare, options = split(asked.words or ())
    name = one_name(bare, EXAMPLE, options)
    formula = is_formula(name) or asked.hvp or asked.jvp or asked.gauss_newton is not None
    what = network_named(name, options, asked) if formula else name
    settings = {} if formula else {**options, **numbers(asked.set_ or ())}
    if asked.jvp:
        what = jvp(what, [ascii_name(tensor) for tensor in asked.wrt or ()])
    elif asked.wrt:
        settings["wrt"] = tuple(shown_by(asked))
    plain = asked.plain if asked.emit is not None else not asked.tuned
    target = _target(asked)
    if asked.dtype:
        known_dtype(asked.dtype, "--dtype")
    if plain and (asked.dtype or asked.parallel):
        refused = "--parallel" if asked.parallel else "--dtype"
        why = "run in one thread" if asked.parallel else "take the type that the arrays have"
        raise DeltaruleError(
            f"{refused} is for kernels that are tuned: plain loops {why}",
            "the command line",
            f"leave {refused} out, or {'leave --plain out' if asked.plain else 'add --tuned'}",
        )
    dtype = None if plain or target != "numba" else known_dtype(asked.dtype or "float64", "--dtype")
    with busy(f"deriving {name}"):
        text = _text(what, settings, dtype, asked, target)
    if asked.emit is not None:
        write_emitted(asked.emit, text, asked.force)
    shown = ShownKernel(name, dtype, asked.parallel, asked.emit, text, target)
    show(shown, "the source of a kernel", asked.format)
    return 0


def _target(asked: Derive) -> str:
    """What the file is for. Raises DeltaruleError for what a framework chooses by itself."""
    from deltarule.frameworks.dialect import known_target

    target = known_target(asked.target or "numba")
    reasons = {
        "--plain": (asked.plain, "has no loops but those over time"),
        "--parallel": (asked.parallel, "leaves threads to its framework"),
        "--dtype": (asked.dtype, "takes the type of real numbers that the arrays have"),
    }
    for option, (given, why) in reasons.items():
        if target != "numba" and given:
            raise DeltaruleError(
                f"{option} is for kernels of Numba: a file for {target} {why}",
                "the command line",
                f"leave {option} out, or leave --target {target} out",
            )
    return target


def _text(
    what: str | Network, settings: dict, dtype: str | None, asked: Derive, target: str
) -> str:
    """The text, plain where no type of numbers is said; with its self-check for a file."""
    if target != "numba":
        from deltarule.frameworks.file_text import emitted_for

        return emitted_for(target, what, settings)
    from deltarule.kernels import build, export, plain_kernel

    if dtype is None:
        make = plain_kernel.plain_source if asked.emit is None else export.plain_emitted
        return make(what, settings)
    make = build.source if asked.emit is None else export.emitted
    return make(what, settings, dtype, asked.parallel)


#: What a file for each target needs, and against what it checks itself.
_NEEDS = {
    "numba": ("NumPy and Numba", "its gradients"),
    "numpy": ("NumPy", "its gradients"),
    "torch": ("PyTorch and NumPy", "its gradients against PyTorch's own"),
    "jax": ("JAX and NumPy", "its gradients against JAX's own"),
}


def kernel_page(page: Page, kernel: ShownKernel) -> None:
    """The source, or what can be done with the file that it was written to."""
    page.named(f"Kernel of {kernel.derivation}")
    if kernel.path is None:
        page.python(kernel.source)
    else:
        needs, checks = _NEEDS[kernel.target]
        page.prose(f"{kernel.path} needs {needs} alone; python {kernel.path} checks {checks}")
