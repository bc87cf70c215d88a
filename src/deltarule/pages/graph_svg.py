"""Graphs of networks: with their shapes, and worked through, with every number and gradient."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from deltarule.expressions.gradient_names import GradientName, is_gradient, tensor_of
from deltarule.expressions.nodes import reads, tensor_name
from deltarule.networks.network import Network
from deltarule.pages.drawn_graph import Block, graph
from deltarule.reports.number_text import brief, number_text
from deltarule.spelling.text import text
from deltarule.tracing.trace import Trace

#: Of more numbers than this, a box says the shape alone.
MOST_NUMBERS = 36
#: A gradient that is smaller than the largest by this factor has no colour.
_COLD = 1e-4
_WARMEST = 0.45


def network_svg(network: Network, alone: bool = False) -> str:
    """The graph of a network, each tensor with its shape."""
    tensors = [t for t in network.tensors.values() if t.given or t.name in _computed(network)]
    blocks = {}
    for tensor in tensors:
        shape = " × ".join(text(axis) for axis in tensor.axes) or "a number"
        blocks[tensor.name] = [Block(tensor.name, "value", ((("", shape),),))]
    order = [n for n in blocks if n not in _computed(network)] + [*_computed(network)]
    found = {name: blocks[name] for name in order if name in blocks}
    sources = {e.name: _sources(e.rhs) for e in network.equations}
    return graph(f"The graph of {network.title}", found, sources, alone)


def _computed(network: Network) -> dict[str, None]:
    return dict.fromkeys(equation.name for equation in network.equations)


def trace_svg(trace: Trace, alone: bool = False) -> str:
    """The graph of a trace: values, gradients (the larger, the warmer) and updated values."""
    sources = {line.quantity: _sources(line.line.equation.rhs) for line in trace.lines}
    return graph(f"The graph of {trace.network.title}", _blocks(trace), sources, alone)


def _sources(expression) -> list[str]:
    return list(dict.fromkeys(tensor_name(read) for read in reads(expression)))


def _blocks(trace: Trace) -> dict[str, list[Block]]:
    """The tensors of the forward pass, each with its value, its gradient and what it is after."""
    to_text = number_text(trace.arithmetic)
    found: dict[str, list[Block]] = {}
    gradients: dict[str, tuple[str, object]] = {}
    after = []
    for name, array in trace.computation.givens.items():
        if is_gradient(name):
            gradients[tensor_of(name)] = name, array
        else:
            found[name] = [_block(name, "value", array, brief)]
    for line in trace.lines:
        gradient = GradientName.parse(line.quantity.removesuffix(" after"))
        if line.phase in ("forward", "error"):
            found[line.quantity] = [_block(line.quantity, "value", line.value, to_text)]
        elif line.phase == "backward" and gradient and gradient.wrt in found:
            if not gradient.direct and gradient.of == trace.computation.derivation.of:
                gradients[gradient.wrt] = line.quantity, line.value
        elif line.quantity.removesuffix(" after") in found:
            after.append(_block(line.quantity, "after", line.value, to_text))
    largest = max((size_of_numbers(array) for _, array in gradients.values()), default=0.0)
    for name, (quantity, array) in gradients.items():
        heat = gradient_heat(size_of_numbers(array), largest)
        found.setdefault(name, []).append(_block(quantity, "gradient", array, to_text, heat))
    for block in after:
        found[block.quantity.removesuffix(" after")].append(block)
    return found


def size_of_numbers(array) -> float:
    """The root of the mean square of its entries."""
    numbers = np.array([float(v) for v in np.asarray(array).ravel()])
    finite = numbers[np.isfinite(numbers)]
    largest = float(np.max(np.abs(finite), initial=0.0))  # squares of 1e200 are beyond float64
    return largest * math.sqrt(float(np.mean((finite / largest) ** 2))) if largest else 0.0


def gradient_heat(size: float, largest: float) -> float:
    """From nothing to the warmest, by the logarithm of the share."""
    share = size / largest if largest else 0.0
    return 0.0 if share <= _COLD else _WARMEST * (1 - 0.9 * math.log(share) / math.log(_COLD))


def _block(quantity: str, kind: str, array, to_text, heat: float = 0.0) -> Block:
    array = np.asarray(array)
    if array.size > MOST_NUMBERS:
        return Block(quantity, kind, ((("", "×".join(map(str, array.shape))),),), heat)
    across = array.shape[-1] if array.ndim and np.squeeze(array).ndim > 1 else 1
    if array.ndim == 1 and array.size <= 3:
        across = max(array.size, 1)
    cells = [(",".join(map(str, at)), to_text(array[at])) for at in np.ndindex(array.shape)]
    rows: Sequence = [cells[k : k + across] for k in range(0, len(cells), across)]
    return Block(quantity, kind, rows, heat, _axes_between(array.shape) if across > 1 else ())


def _axes_between(shape: Sequence[int]) -> list[int]:
    """For each row of an array, how many of its axes behind the images' own go on before it: one
    between two images, two where the images are those of another sample."""
    found = []
    for row in np.ndindex(*(n for n in shape[:-1] if n > 1)):
        behind = list(reversed(row))
        found.append(next((k for k, at in enumerate(behind) if at), 0))
    return found
