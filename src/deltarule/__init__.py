"""deltarule: write a layer's forward equations; everything else is derived from them.

    load(name_or_path, **options) -> Network      a derivation file, read
    layer(equations, **sizes) -> Network          equations of your own, as text
    derive(network, **options) -> Derivation      its gradients, with every step
    hessian, jacobian(network, …) -> Entries      second derivatives, and of one tensor by another
    hvp, jvp, gauss_newton(network, …) -> Network products with a vector, as networks
    kernel(network, **options) -> Kernel          its forward and backward pass, compiled
    trace(network, givens, **options) -> Trace    the numbers, line by line
    check_derivation(network, **options)          its gradients, measured without the derivation
    mark(sheet, answers, network, **options)      what somebody wrote, judged
    check(function, like=name, **options)         functions, or files of homework, judged

`network` is a Network, or the name or path of a derivation; `options` are the derivation's own and
numbers for its sizes: `derive("mlp", layers=2)`, `kernel("conv2d", stride=2, N=1)`.
The names are imported when first used, so that `import deltarule` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deltarule.lazy_names import lazy_names

if TYPE_CHECKING:
    from deltarule.calculus import derive
    from deltarule.calculus.derived_again import gauss_newton, hessian, hvp, jacobian, jvp
    from deltarule.errors import DeltaruleError
    from deltarule.gradcheck.choose import check_derivation
    from deltarule.kernels.api import kernel
    from deltarule.language.load import load
    from deltarule.marking import mark
    from deltarule.testing.code_check import check
    from deltarule.tracing.trace import trace
    from deltarule.typed.typed_layer import layer

__version__ = "0.1.0"

__all__ = [
    "DeltaruleError",
    "check",
    "check_derivation",
    "derive",
    "gauss_newton",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "kernel",
    "layer",
    "load",
    "mark",
    "trace",
]

_HOME = {
    "load_ipython_extension": "notebooks.cell_magics",
    "DeltaruleError": "errors",
    "check": "testing.code_check",
    "check_derivation": "gradcheck.choose",
    "derive": "calculus",
    "gauss_newton": "calculus.derived_again",
    "hessian": "calculus.derived_again",
    "hvp": "calculus.derived_again",
    "jacobian": "calculus.derived_again",
    "jvp": "calculus.derived_again",
    "kernel": "kernels.api",
    "layer": "typed.typed_layer",
    "load": "language.load",
    "mark": "marking",
    "trace": "tracing.trace",
}


__getattr__ = lazy_names(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(_HOME))
