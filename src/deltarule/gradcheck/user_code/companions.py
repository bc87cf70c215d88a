"""How people name the gradient of a function, and what its arguments are by their names."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deltarule.errors import DeltaruleError

_ENDINGS = ("_backward", "_gradient", "_grad", "_grads", "_bwd", "_backprop", "_vjp", "_back")
_STARTS = ("backward_", "grad_", "gradient_", "backprop_")
#: Those that may be a derivative entry by entry, which takes no upstream gradient.
_SLOPES = ("_prime", "_derivative", "_deriv")
_FORWARD = (("forward", "backward"), ("fwd", "bwd"), ("forward", "grad"), ("fprop", "bprop"))
_VALUE = {"y", "out", "output", "value", "a_out", "result"}
_CACHE = {"cache", "ctx", "saved", "tape", "memo", "context", "caches", "residuals"}
_UPSTREAM = re.compile(
    r"(d|grad|delta|up|adj|cot|bar)(_?[A-Za-z]\w*)?|g|ct|g_\w+|\w+_(grad|bar|cot)|dL\w*"
)
_NO_UPSTREAM = {"dim", "dims", "depth", "dilation", "dtype", "data", "dropout", "degree"}


@dataclass(frozen=True)
class Role:
    """What one parameter of a companion gets.

    `kind` is "argument", "leaf" (an array of a dict or tuple), "value", "upstream", "cache" or
    "piece" (of what the function gives besides its value); `of` is which.
    """

    parameter: str
    kind: str
    of: str | int = ""
    positional: bool = False


def companion(name: str, own: Mapping[str, Callable]) -> Callable | None:
    """The gradient of a function, found by its name among all functions of a file."""
    return next((own[c] for c in _candidates(name) if c in own and c != name), None)


def _candidates(name: str) -> Iterable[str]:
    stem = re.sub(r"(_forward|_fwd|_fprop)$|^(forward|fwd)_", "", name)
    if name in ("forward", "fwd"):
        yield from ("backward", "gradient", "bwd", "grad")
    for forward, backward in _FORWARD:
        if forward in name:
            yield name.replace(forward, backward)
    yield from (stem + ending for ending in _ENDINGS)
    yield from (start + stem for start in _STARTS)
    yield from (stem + ending for ending in _SLOPES)
    yield from (f"d_{stem}", f"d{stem}")


def is_slope(backward: Callable, name: str) -> bool:
    """Whether a companion's name is that of a derivative entry by entry: f_prime, d_f."""
    own = backward.__name__
    return own.endswith(_SLOPES) or own in (f"d_{name}", f"d{name}")


def roles(
    backward: Callable, arguments: Iterable[str], leaves: Iterable[str], extra: int
) -> list[Role]:
    """What each parameter of a companion gets, from names alone.

    `extra` is how many further results the function gives. Raises DeltaruleError for a parameter
    that nothing is known of.
    """
    known, inside = set(arguments), set(leaves)
    parameters = [
        p
        for p in inspect.signature(backward).parameters.values()
        if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    found: list[Role] = []
    open_: list[inspect.Parameter] = []
    for p in parameters:
        required = p.default is p.empty
        kind = "argument" if p.name in known else "leaf" if p.name in inside else ""
        if not kind and p.name in _CACHE and extra:
            kind = "cache"
        if kind:
            found.append(_role(p, kind, p.name))
        elif required or (_upstream_like(p.name) and not any(map(_likes, open_))):
            open_.append(p)
    found += _of_open(open_, extra, any(r.kind == "cache" for r in found), backward)
    order = [p.name for p in parameters]
    return sorted(found, key=lambda role: order.index(role.parameter))


def _of_open(open_, extra: int, cached: bool, backward: Callable) -> list[Role]:
    """What parameters get that are no argument's: values, upstream gradients, further results."""
    values = [p for p in open_ if p.name in _VALUE] if len(open_) > 1 else []
    rest = [p for p in open_ if p not in values]
    upstream = [p for p in rest if _likes(p)] or rest[:1]
    pieces = [p for p in rest if p not in upstream]
    if pieces and (cached or len(pieces) not in (extra, 1) or not extra):
        raise DeltaruleError(
            f"{backward.__name__} takes {pieces[0].name}, which is nothing that is known",
            f"{Path(backward.__code__.co_filename).name}, line {backward.__code__.co_firstlineno}",
            "it may take the function's own arguments, its value y, and the gradient dy",
        )
    found = [_role(p, "value", k) for k, p in enumerate(values)]
    found += [_role(p, "upstream", k) for k, p in enumerate(upstream)]
    if len(pieces) == 1:
        return [*found, _role(pieces[0], "cache", "")]
    return [*found, *(_role(p, "piece", k) for k, p in enumerate(pieces))]


def _role(p: inspect.Parameter, kind: str, of: str | int) -> Role:
    return Role(p.name, kind, of, p.kind is p.POSITIONAL_ONLY)


def _likes(p: inspect.Parameter) -> bool:
    return _upstream_like(p.name)


def _upstream_like(name: str) -> bool:
    return bool(_UPSTREAM.fullmatch(name)) and name not in _NO_UPSTREAM
