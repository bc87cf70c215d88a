"""A network by its name, or by a formula: `derive "E = ½‖y − σ(W x)‖²"` needs no file."""

from __future__ import annotations

from collections.abc import Iterable

from deltarule.cli.arguments import no_option, numbers
from deltarule.cli.derive_command import Derive
from deltarule.cli.kinds_of_words import is_formula
from deltarule.networks.network import Network


def network_named(name: str, options: dict[str, object], asked: Derive) -> Network:
    """The network of a derivation, with its options and numbers, or of a formula; with --hvp that
    of the Hessian times a vector, with --gauss-newton that of this matrix times one.
    """
    from deltarule.language.load import load
    from deltarule.networks.specialise import specialise

    if is_formula(name):
        found = network_of_formula(name, options, asked.set_ or (), asked.wrt or ())
    else:
        found = specialise(load(name, **options), numbers(asked.set_ or ()))
    return _again(found, asked) if asked.hvp or asked.gauss_newton is not None else found


def _again(network: Network, asked: Derive) -> Network:
    """The network of a product with a vector."""
    from deltarule.calculus import derived_again
    from deltarule.spelling.names import ascii_name

    along = [ascii_name(tensor) for tensor in asked.wrt or ()]
    if asked.gauss_newton is None:
        return derived_again.hvp(network, along)
    return derived_again.gauss_newton(network, ascii_name(asked.gauss_newton), along)


def shown_by(asked: Derive) -> list[str]:
    """The tensors by which gradients are wanted: of a Gauss–Newton product by the direction."""
    from deltarule.spelling.names import parse_reference

    found = map(parse_reference, asked.wrt or ())
    names = [reference.wrt or reference.name for reference in found]
    return [f"v_{n}" for n in names] if asked.gauss_newton is not None else names


def network_of_formula(
    text: str, options: dict[str, object], settings: Iterable[str], wrt: Iterable[str]
) -> Network:
    """The network; `settings` give shapes to tensors, W=2x3, and numbers to sizes, N=2."""
    from deltarule.language.variants import VARIANTS, varied
    from deltarule.networks.specialise import specialise
    from deltarule.spelling.names import ascii_name
    from deltarule.typed.typed_network import tensors_of, typed_network

    if set(options) - set(VARIANTS):
        others = {word: value for word, value in options.items() if word not in VARIANTS}
        raise no_option(
            others,
            "a formula has --rename x=u and the other options that all layers have, "
            f"{', '.join(f'--{word}' for word in VARIANTS if word != 'rename')}; --set W=2x3 gives "
            "a tensor its shape",
        )
    tensors = tensors_of(text)
    shapes: dict[str, str] = {}
    sizes: list[str] = []
    for setting in ",".join(settings).split(","):
        name, equals, value = (part.strip() for part in setting.partition("="))
        if equals and (not value.isdigit() or name in tensors):
            shapes[name] = value
        elif setting.strip():
            sizes.append(setting)
    names = [ascii_name(tensor) for tensor in wrt]
    return varied(specialise(typed_network(text, names, shapes), numbers(sizes)), options)
