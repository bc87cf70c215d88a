"""A layer as a class with `forward` and `backward`, turned into a function and its gradient.

What the constructor and `forward` take are the arguments. The gradients of `forward`'s arguments
are what `backward` gives; the others are attributes: `dW`, `grad_W`, `W_grad`, `grads["W"]`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

_BACKWARD = ("backward", "bwd", "backprop")
_FORWARD = ("forward", "__call__")
_GRADIENTS = ("grads", "gradients", "grad", "d")


def is_layer(thing: object) -> bool:
    """Whether something is a class that has both passes."""
    return inspect.isclass(thing) and bool(_method(thing, _FORWARD) and _method(thing, _BACKWARD))


def _method(of: object, names: Iterable[str]) -> str:
    return next((n for n in names if inspect.isfunction(getattr(of, n, None))), "")


def docstrings(layer: type) -> str:
    """All that a class says of its arguments."""
    own = vars(layer).get("__init__")
    found = (
        layer.__doc__,
        getattr(own, "__doc__", ""),
        getattr(layer, _method(layer, _FORWARD)).__doc__,
    )
    return "\n".join(d for d in found if d)


def as_functions(layer: type, state: Sequence[str] = ()) -> tuple[Callable, Callable]:
    """The forward pass as a function that gives (value, layer), and the gradient of it.

    `state` are attributes that are arguments too; what the layer draws itself is always the same.
    """
    forward, backward = _method(layer, _FORWARD), _method(layer, _BACKWARD)
    made = _parameters(layer.__init__) if layer.__init__ is not object.__init__ else []
    taken = _parameters(getattr(layer, forward))

    def call(**words):
        np.random.seed(0)
        one = layer(**{p.name: words[p.name] for p in made if p.name in words})
        for name in state:
            setattr(one, name, words[name])
        value = getattr(one, forward)(**{p.name: words[p.name] for p in taken if p.name in words})
        return value, one

    def gradient(dout, cache):
        given = getattr(cache, backward)(*(dout if isinstance(dout, tuple) else (dout,)))
        return _gathered(given, cache, [*(p.name for p in made), *state], [p.name for p in taken])

    both = {p.name: p.replace(kind=p.KEYWORD_ONLY) for p in (*made, *taken)}
    call.layer, call.taken = layer, [p.name for p in taken]
    call.__signature__ = inspect.Signature(list(both.values()))
    call.__name__, gradient.__name__ = layer.__name__, f"{layer.__name__}.{backward}"
    call.__qualname__, gradient.__qualname__ = call.__name__, gradient.__name__
    return call, gradient


def _parameters(method: Callable) -> list[inspect.Parameter]:
    found = list(inspect.signature(method).parameters.values())[1:]
    return [p for p in found if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def _gathered(given, one: object, made: list[str], taken: list[str]) -> dict:
    """The gradients by name: those that the backward pass gives, and those kept in attributes."""
    found: dict = {}
    if isinstance(given, Mapping):
        found.update(given)
    elif given is not None:
        several = given if isinstance(given, tuple | list) and len(taken) > 1 else (given,)
        if isinstance(given, tuple) and len(given) > len(taken):
            several, found = given[: len(taken)], dict(zip(made, given[len(taken) :]))
        found.update(zip(taken, several))
    for name in made:
        kept = attribute(one, name)
        if kept is not None and name not in found:
            found[name] = kept
    return found


def attribute(one: object, name: str):
    """The gradient by a parameter that an object keeps; None where it keeps none."""
    for spelt in (f"d{name}", f"grad_{name}", f"{name}_grad", f"d_{name}", f"g{name}"):
        if getattr(one, spelt, None) is not None:
            return getattr(one, spelt)
    for spelt in _GRADIENTS:
        kept = getattr(one, spelt, None)
        if isinstance(kept, Mapping):
            found = next((kept[k] for k in (name, f"d{name}") if k in kept), None)
            if found is not None:
                return found
    return None
