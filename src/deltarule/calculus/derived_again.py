"""Second order from Python: `deltarule.hvp("mlp")`, `deltarule.hessian("softmax_cross_entropy")`.

network = deltarule.hvp("mlp", wrt=["Theta1"])      ∂S/∂Theta1 is H v, v_Theta1 is data
deltarule.kernel(network).backward(**arrays)        {"Theta1": H v}
deltarule.kernel(deltarule.jvp("conv")).forward(**arrays)       J v
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from deltarule.calculus import jacobians
from deltarule.calculus.gauss_newton import gauss_newton_network
from deltarule.calculus.gradient_network import hessian_vector_network
from deltarule.calculus.jacobians import Entries
from deltarule.calculus.tangents import tangent_network
from deltarule.expressions.given_arguments import known_name, known_names
from deltarule.language.load import network_of
from deltarule.networks.network import Network

Wanted = str | Iterable[str] | None


def hvp(network: Network | str | Path, /, wrt: Wanted = None, **options) -> Network:
    """The network whose gradient is the Hessian times a vector: ∂S/∂x is (H v)_x.

    `network` is one, or a derivation's name or path with its `options`, as for `load`. The
    direction v_x has the shape of x and is data. `wrt` are the tensors that v is along; all inputs
    and parameters if none are named.
    Raises DeltaruleError for an update, and for a tensor without a gradient.
    """
    return hessian_vector_network(network_of(network, "hvp", **options), _names(wrt, "hvp"))


def jvp(network: Network | str | Path, /, wrt: Wanted = None, **options) -> Network:
    """The network with its tangents: it puts out v_y, the Jacobian of y times v, for each output y.

    `wrt` are the tensors that move along v_x; all inputs and parameters if none are named.
    `network` is one, or a derivation's name or path with its `options`. Raises DeltaruleError as
    `hvp`.
    """
    return tangent_network(network_of(network, "jvp", **options), _names(wrt, "jvp"))[0]


def gauss_newton(
    network: Network | str | Path, /, at: str, wrt: Wanted = None, **options
) -> Network:
    """The network of S = ½ vᵀ G v, of which ∂S/∂v_W is (G v)_W, the Gauss–Newton matrix times v.

    G = Jᵀ H J, with J the Jacobian of the tensor `at` and H the Hessian of the loss by it. `wrt`
    are the tensors that v is along; all parameters if none are named. `network` is one, or a
    derivation's name or path with its `options`. Raises DeltaruleError where there is no loss,
    where `at` does not lead to it, and where the loss is linear in it.
    """
    place = "gauss_newton"
    at = known_name("at", at, place, 'at="z"')
    return gauss_newton_network(network_of(network, place, **options), at, _names(wrt, place))


def hessian(network: Network | str | Path, /, wrt: Wanted = None, **options) -> list[Entries]:
    """The blocks of the Hessian entry by entry, each pair of tensors once; `words` as a matrix.

    `wrt` names the tensors, all inputs and parameters if it is None; `network` is one, or a
    derivation's name or path with its `options`. Raises DeltaruleError as `hvp`, and where entries
    have no closed form, as through time.
    """
    return jacobians.hessian(network_of(network, "hessian", **options), _names(wrt, "hessian"))


def jacobian(network: Network | str | Path, /, of: str, wrt: str, **options) -> Entries:
    """∂of/∂wrt entry by entry, with symbolic sizes; `words` as a matrix.

    `network` is one, or a derivation's name or path with its `options`. Raises DeltaruleError for
    an unknown tensor, and where `of` does not depend on `wrt`.
    """
    of = known_name("of", of, "jacobian", 'of="y"')
    wrt = known_name("wrt", wrt, "jacobian", 'wrt="x"')
    return jacobians.jacobian(network_of(network, "jacobian", **options), of, wrt)


def _names(wrt: Wanted, place: str) -> tuple[str, ...]:
    return () if wrt is None else known_names("wrt", wrt, place, '["W", "b"]')
