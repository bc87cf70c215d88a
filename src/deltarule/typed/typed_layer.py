"""`deltarule.layer`: a network of equations that are text, for notebooks."""

from __future__ import annotations

from collections.abc import Iterable

from deltarule.errors import DeltaruleError, in_short
from deltarule.expressions.given_arguments import known_names, wrong_kind
from deltarule.networks.network import Network
from deltarule.networks.specialise import specialise
from deltarule.spelling.names import canonical
from deltarule.typed.typed_network import tensors_of, typed_network


def layer(text: str, /, wrt: Iterable[str] = (), **sizes: int | str) -> Network:
    """The network that equations say, in the notation in which derivations are shown; one a line,
    or parted by semicolons.

        layer("s[n,m] = Sum[d](x[n,d]*W[d,m]) + b[m]; y[n,m] = tanh(s[n,m])")

    It goes where a derivation's name does: `derive(layer(…))`, `kernel(layer(…))`. Sizes are
    inferred from the indices; `sizes` are numbers for them, `N=2`, and shapes of tensors without
    indices, `W="2x3"`; `wrt` names tensors that are parameters, whatever their letter. The text is
    read by deltarule's own grammar and never run. Raises DeltaruleError for what cannot be read, or
    can be read in several ways.
    """
    if not isinstance(text, str):
        raise DeltaruleError(
            f"{in_short(text)} is no text", "layer", 'write layer("y[n] = 2*x[n]")'
        )
    wrt = known_names("wrt", wrt, "layer", 'wrt=["W"]')
    for name, value in sizes.items():
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise wrong_kind(name, value, "a number or a shape", "layer", 'give N=2, or W="2x3"')
    known = tensors_of(text) if sizes else []
    shapes = {
        n: str(v) for n, v in sizes.items() if canonical(n) in known or not isinstance(v, int)
    }
    numbers = {n: v for n, v in sizes.items() if isinstance(v, int) and n not in shapes}
    return specialise(typed_network(text, wrt, shapes), numbers)
