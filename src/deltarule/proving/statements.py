"""Statements that students are asked to prove, and one they are caught by: a table.

Each is a network in the words of a derivation file, and claims about it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sympy import Integer

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.expressions import nodes
from deltarule.expressions.nodes import read
from deltarule.expressions.symbols import Index, Size
from deltarule.language.declarations import Page, written_on
from deltarule.language.load import load
from deltarule.language.words import (
    Max,
    Sum,
    indices,
    input,
    intermediate,
    layer,
    output,
    parameter,
    relu,
    size,
    sizes,
    where,
)
from deltarule.networks.network import Network
from deltarule.proving.count_claims import FewerWeights, SameField
from deltarule.proving.proofs import NoGradient, Same, Statement


def written(title: str, write: Callable[[], None]) -> Network:
    """The network that a function writes."""
    page = Page(title)
    with written_on(page):
        write()
    return page.network(title, "")


def _maxout_of_two() -> None:
    """Maxout whose first sum has weights and bias 0, and a ReLU unit."""
    N, D, M = sizes("N D M")
    n, d, m, k = indices("n d m k")
    x = input("x", N, D)
    W, b = parameter("W", D, M), parameter("b", M)
    V, a = intermediate("V", D, M, 2), intermediate("a", M, 2)
    s, h, r = intermediate("s", N, M, 2), output("h", N, M), output("r", N, M)
    V[d, m, k] = where(k >= 1, W[d, m], 0)
    a[m, k] = where(k >= 1, b[m], 0)
    s[n, m, k] = a[m, k] + Sum[d](x[n, d] * V[d, m, k])
    h[n, m] = Max[k](s[n, m, k])
    r[n, m] = relu(b[m] + Sum[d](x[n, d] * W[d, m]))


def _five_and_two_threes() -> None:
    """Two ways from x with C maps throughout: a 5×5 convolution, and two of 3×3."""
    N, C, H, W = sizes("N C H W")
    x = input("x", N, C, H, W)

    def conv(source, name: str, window: int):
        return layer(
            "conv2d",
            source,
            suffix=name,
            names={"y": f"y{name}", "w": f"w{name}"},
            bias=False,
            sizes={"F": C, "K": window, "L": window},
            stride=1,
            dilation=1,
            pad=window // 2,
            last=name != "3a",
        )

    conv(x, "5", 5)
    conv(conv(x, "3a", 3), "3b", 3)


def _bias_before(norm: str, convolution: bool = False) -> None:
    """A layer with bias b, and a normalisation right after it."""
    if convolution:
        N, C, H, W = sizes("N C H W")
        x = input("x", N, C, H, W)
        s = layer("conv2d", x, suffix="_conv", names={"y": "s", "b": "b", "w": "w"})
        layer(norm, s, suffix="_norm", names={"y": "y"}, images=True, last=True)
        return
    N, D = sizes("N D")
    x = input("x", N, D)
    s = layer("dense", x, names={"y": "s"}, sizes={"M": size("M")})
    layer(norm, s, suffix="_norm", names={"y": "y"}, last=True)


_n, _c, _m = Index("n"), Index("c"), Index("m")
_N, _C, _M = Size("N"), Size("C"), Size("M")
_ADDS_TO_ONE = Same(nodes.Sum(read("p", _n, _c), [(_c, _C)]), Integer(1), ((_n, _N),))
_ROWS = Same(nodes.Sum(read("dL/dz", _n, _c), [(_c, _C)]), Integer(0), ((_n, _N),))

STATEMENTS = (
    Statement(
        "ReLU is a special case of maxout",
        "Maxout of two sums, the first of them 0 by its weights and bias, is ReLU of the second.",
        partial(written, "maxout of two sums, and ReLU", _maxout_of_two),
        (Same(read("h", _n, _m), read("r", _n, _m), ((_n, _N), (_m, _M))),),
    ),
    Statement(
        "5×5 has the receptive field of two 3×3 with fewer weights",
        "Two 3×3 convolutions, one after the other, see as much as one 5×5 with fewer weights.",
        partial(written, "a 5×5 convolution, and two of 3×3", _five_and_two_threes),
        (SameField("y5", "y3b"), FewerWeights(("w3a", "w3b"), ("w5",))),
    ),
    Statement(
        "bias before batch norm has zero gradient",
        "A bias right before batch normalisation changes nothing: the mean takes it away again.",
        partial(written, "dense, then batch norm", partial(_bias_before, "batch_norm")),
        (NoGradient("b"),),
    ),
    Statement(
        "bias of a convolution before batch norm has zero gradient",
        "So too for a convolution: the mean is over the batch and all places.",
        partial(written, "conv, then batch norm", partial(_bias_before, "batch_norm", True)),
        (NoGradient("b"),),
    ),
    Statement(
        "bias before layer norm has zero gradient",
        "Layer normalisation takes the mean over the units, and every unit has its own bias.",
        partial(written, "dense, then layer norm", partial(_bias_before, "layer_norm")),
        (NoGradient("b"),),
    ),
    Statement(
        "softmax's gradient rows sum to zero",
        "Adding one number to all of a row changes no p, so each row of the gradient adds up to 0.",
        partial(load, "softmax"),
        (_ADDS_TO_ONE, _ROWS),
    ),
)


def statement(name: str) -> Statement:
    """A statement by its name, or a part of it that no other has. Raises DeltaruleError."""
    wanted = _plain(name)
    exact = [s for s in STATEMENTS if _plain(s.name) == wanted]
    near = exact or [s for s in STATEMENTS if wanted and wanted in _plain(s.name)]
    if len(near) == 1:
        return near[0]
    names = [s.name for s in STATEMENTS]
    raise DeltaruleError(
        f"several statements are called {name}" if near else f"there is no statement {name}",
        "--prove",
        did_you_mean(name, names) or "the statements are: " + "; ".join(s.name for s in STATEMENTS),
    )


def _plain(name: str) -> str:
    """A name without capitals and signs: 5x5 is 5×5."""
    name = name.lower().replace("×", "x").replace("’", "'").replace("batchnorm", "batch norm")
    return " ".join(name.replace("-", " ").split())
