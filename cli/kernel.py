"""`derive NAME --kernel` and `--emit FILE.py`: the source of a kernel, shown or written."""

from __future__ import annotations

from deltarule.cli.arguments import numbers, one_name, split
from deltarule.cli.derive_command import Derive
from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.cli.screen import busy
from deltarule.cli.typed_formula import is_formula, network_named
from deltarule.reports.things import ShownKernel
from deltarule.spelling.names import ascii_name

EXAMPLE = "derive conv --kernel"


def show_kernel(asked: Derive) -> int:
    """Derive, write the source, and show it or say where it is."""
    from deltarule.kernels.build import source
    from deltarule.kernels.export import emitted, write_emitted
    from deltarule.kernels.requests import known_dtype

    bare, options = split(asked.words or ())
    name = one_name(bare, EXAMPLE, options)
    formula = is_formula(name) or asked.hvp
    what = network_named(name, options, asked) if formula else name
    settings = {} if formula else {**options, **numbers(asked.set_ or ())}
    if asked.wrt:
        settings["wrt"] = tuple(ascii_name(tensor) for tensor in asked.wrt)
    dtype = known_dtype(asked.dtype or "float64", "--dtype")
    with busy(f"deriving {name}"):
        make = source if asked.emit is None else emitted
        text = make(what, settings, dtype, asked.parallel)
    if asked.emit is not None:
        write_emitted(asked.emit, text, asked.force)
    shown = ShownKernel(name, dtype, asked.parallel, asked.emit, text)
    show(shown, "the source of a kernel", asked.format)
    return 0


def kernel_page(page: Page, kernel: ShownKernel) -> None:
    """The source, or what can be done with the file that it was written to."""
    if kernel.path is None:
        page.python(kernel.source)
    else:
        page.prose(
            f"{kernel.path} needs NumPy and Numba alone; python {kernel.path} checks its gradients"
        )
