"""What a kernel's file says of itself: equations, shapes, settings, the formula of each pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import wrap

from deltarule.kernels.passes.program import Program
from deltarule.kernels.python_text.indented import wrapped
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import pretty
from deltarule.spelling.text import equation_text, text

#: A space at which no line is broken: a shape stays in one piece.
_KEPT = "\u00a0"


def of_file(program: Program, dtype: str) -> str:
    """The docstring of the whole file."""
    network = program.network
    lines = wrap(f"{network.title}: forward and gradients, in {dtype}.", 94)
    settings = _settings(program)
    if settings:
        lines += ["", *wrapped(f"Settings: {settings}.", "")]
    lines += ["", "Derived by deltarule from these equations:", ""]
    for equation in network.equations:
        lines += wrapped(f"{text(equation.lhs)} = {text(equation.rhs)}", "    ")
    if network.definitions:
        lines += ["", "where", ""]
    for symbol, definition in network.definitions.items():
        lines += wrapped(f"{symbol} = {text(definition)}", "    ")
    lines += ["", "Arrays:", ""]
    lines += [f"    {shaped(t.name, t)}  {t.called}" for t in network.tensors.values()]
    lines += ["", "It needs NumPy and Numba alone: call forward(…), then backward(…)."]
    return f'"""{_safe(lines)}\n"""'


def of_forward(program: Program, names: Mapping[str, str]) -> list[str]:
    """The lines of the forward pass's docstring; `names` are the arguments by tensor."""
    network, one = program.network, program.forward
    results = dict.fromkeys((*one.results, *program.kept))
    formulas = [equation_text(e.lhs, e.rhs) for e in network.equations if e.name in one.results]
    summary = f"The values of {', '.join(results)}, by name."
    given = [(names[n], network.tensors[n]) for n in names]
    return _of_pass(summary, given, [(n, network.tensors[n]) for n in results], formulas)


def of_backward(program: Program, names: Mapping[str, str]) -> list[str]:
    """The lines of the backward pass's docstring."""
    one, tensors = program.backward, program.network.tensors
    derived = program.derivation.gradients.values()
    formulas = [equation_text(g.lhs, g.expr) for g in derived if g.tensor.name in program.gradients]
    summary = f"The gradients of {', '.join(program.gradients)}, by name."
    given = [(names[n], tensors.get(n) or one.tensors[n]) for n in names]
    returned = [(n, one.tensors[g]) for n, g in program.gradients.items()]
    return _of_pass(summary, given, returned, formulas)


def of_plain_file(network: Network, what: str, more: str = "", always: bool = True) -> str:
    """The docstring of a file for people to read: what it is, its arrays by what they are, more.

    `what` stands behind the title, and if not `always` only where the line has room for it.
    """
    said = f"{network.title}: {what}."
    short = not always and len(said) > 94
    lines = [*(wrap(f"{network.title}.", 96) if short else wrap(said, 94)), ""]
    kinds: dict[str, list[str]] = {}
    for tensor in network.tensors.values():
        shape = shaped(tensor.name, tensor).replace(" ", _KEPT)
        kinds.setdefault(tensor.called, []).append(shape)
    width = max(map(len, kinds), default=0) + 1
    for called, shapes in kinds.items():
        row = f"    {f'{called}:':<{width}} {', '.join(shapes)}"
        lines += wrap(row, 92, subsequent_indent=" " * (width + 5), break_long_words=False)
    lines += ["", *wrap(more, 94)] if more else []
    return f'"""{_safe(lines)}\n"""'.replace(_KEPT, " ")


def of_plain_pass(name: str, returned: Iterable[str]) -> list[str]:
    """The docstring of one pass there: what it gives, in the order in which it gives it."""
    what = ", ".join(map(pretty, returned))
    promise = f"The gradients {what}." if name == "backward" else f"The values of {what}."
    first, *more = wrapped(promise, "", 90)
    return [f'"""{first}"""'] if not more else [f'"""{first}', *more, '"""']


def _of_pass(summary: str, given: list, returned: list, formulas: Iterable[str]) -> list[str]:
    lines = [*wrapped(summary, "", 92), ""]
    for label, arrays in (("takes", given), ("returns", returned)):
        row = ", ".join(shaped(name, tensor).replace(" ", _KEPT) for name, tensor in arrays)
        lines += wrap(f"{label:<8} {row}", 92, subsequent_indent=" " * 9, break_long_words=False)
    lines.append("")
    for formula in formulas:
        lines += wrapped(formula, "", 92)
    return _safe(lines).replace(_KEPT, " ").splitlines()


def shaped(name: str, tensor: Tensor) -> str:
    """`x [N, C, H, W]`, or `E []` for a single number."""
    return f"{name} [{', '.join(text(a) for a in tensor.axes)}]"


def _settings(program: Program) -> str:
    """The derivation's options and constants, as they are in this kernel."""
    options = program.network.options.values()
    settings = {o.name: o.default if o.value is None else o.value for o in options}
    settings |= {s.name: v for s, v in program.scalars.items()}
    return ", ".join(f"{name} = {value}" for name, value in settings.items())


def _safe(lines: Iterable[str]) -> str:
    """Lines that end no docstring too early, whatever a derivation's title says."""
    return "\n".join(lines).replace("\\", "\\\\").replace('"""', "'''")
