"""Our derivations as functions of PyTorch's tensors, differentiated by our own gradients.

    conv = Ours(compiled=True)("conv2d", stride=2)
    y = conv(x=x, w=w, b=b)             # a tensor; y.backward() runs our backward pass

What is put before and behind it (a reshape, a transposition) is PyTorch's, so that a row of the
tables can bring any arguments into the shapes of a derivation and the results back again.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch

import deltarule
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.arithmetic.small_sizes import with_definitions
from deltarule.kernels.passes.program import Program, known_sizes, loaded, program


class Inexpressible(Exception):
    """What no derivation of the catalogue says; the reason is counted."""


class Ours:
    """All derivations by one engine: compiled kernels, or the evaluator in float64.

    `used` counts how often names and settings were run; `most` kernels are compiled for one name.
    """

    def __init__(self, compiled: bool, most: int | None = None):
        self.compiled, self.most = compiled, most
        self.used: dict[tuple, int] = {}

    def __call__(self, name: str, **settings):
        key = (name, tuple(sorted(settings.items())))
        same = [k for k in self.used if k[0] == name]
        if key not in self.used and self.most is not None and len(same) >= self.most:
            raise Uncompiled
        made = _compiled(key) if self.compiled else _evaluated(key)
        self.used[key] = self.used.get(key, 0) + 1

        def layer(**tensors: torch.Tensor):
            found = _Layer.apply(made, tuple(tensors), *tensors.values())
            return found[0] if len(found) == 1 else dict(zip(made.outputs, found, strict=True))

        return layer


class Uncompiled(Exception):
    """One more kernel than this run compiles."""


class _Layer(torch.autograd.Function):
    @staticmethod
    def forward(ctx, made, names, *tensors):
        ctx.made, ctx.names = made, names
        ctx.arrays = {n: _array(t) for n, t in zip(names, tensors, strict=True)}
        return tuple(torch.from_numpy(np.array(v)) for v in made.values(ctx.arrays))

    @staticmethod
    def backward(ctx, *upstream):
        given = {n: _array(t) for n, t in zip(ctx.made.outputs, upstream, strict=True)}
        gradients = ctx.made.gradients(ctx.arrays, given)
        found = (ctx.needs_input_grad[2:], ctx.names)
        return (
            None,
            None,
            *(
                torch.from_numpy(np.array(gradients[n])) if wanted and n in gradients else None
                for wanted, n in zip(*found, strict=True)
            ),
        )


def _array(tensor: torch.Tensor) -> np.ndarray:
    return np.ascontiguousarray(tensor.detach().numpy()).reshape(tensor.shape)


class _Evaluated:
    """A program run by the evaluator."""

    def __init__(self, made: Program):
        self.made = made
        self.loss = made.network.loss is not None
        self.outputs = tuple(made.upstream) or (made.network.loss.name,)

    def values(self, arrays: dict) -> list:
        values = self._run(arrays)
        return [values.arrays[n] for n in self.outputs]

    def gradients(self, arrays: dict, upstream: dict) -> dict:
        values, made = self._run(arrays), self.made
        values.arrays |= {g: upstream[n] for n, g in made.upstream.items()}
        run(made.derivation.equations(), values, Float64())
        scale = upstream[self.outputs[0]] if self.loss else 1
        return {t: scale * values.arrays[g] for t, g in made.gradients.items()}

    def _run(self, arrays: dict) -> Values:
        network, sizes = self.made.network, {}
        for size, (tensor, axis, rest, coefficient) in known_sizes(network)[0].items():
            sizes[size] = (arrays[tensor].shape[axis] - int(rest)) // int(coefficient)
        sizes = with_definitions(network, sizes)
        values = Values(dict(arrays), sizes, self.made.scalars, network.tensors)
        run(network.equations, values, Float64())
        return values


class _Compiled:
    """A compiled kernel; what it fills is poisoned nowhere else but in the tests of kernels."""

    def __init__(self, kernel, loss: str | None):
        self.kernel = kernel
        self.loss = not kernel.upstream
        # A kernel gives states too, which take no gradient from outside.
        given = tuple(n for n in kernel.outputs if f"d{n}" in kernel.upstream)
        self.outputs = given or ((loss,) if loss else tuple(kernel.outputs)[:1])

    def values(self, arrays: dict) -> list:
        values = self.kernel.values(**arrays)
        return [values[n] for n in self.outputs]

    def gradients(self, arrays: dict, upstream: dict) -> dict:
        given = {} if self.loss else {f"d{n}": a for n, a in upstream.items()}
        found = self.kernel.backward(**arrays, **given)
        scale = upstream[self.outputs[0]] if self.loss else 1
        return {t: scale * g for t, g in found.items()}


@cache
def _evaluated(key) -> _Evaluated:
    return _Evaluated(program(key[0], dict(key[1])))


@cache
def _compiled(key) -> _Compiled:
    loss = loaded(key[0], dict(key[1]))[0].loss
    return _Compiled(deltarule.kernel(key[0], **dict(key[1])), loss and loss.name)
