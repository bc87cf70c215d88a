"""Layers inside networks: one derivation used as a part of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from sympy import Expr, Symbol

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import FloorQuotient, free_symbols, read
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Attribute, Scalar, Size, suffixed
from deltarule.language.declarations import Name, Page, current
from deltarule.language.given_expressions import expression
from deltarule.language.load import files_read, load, note_read
from deltarule.language.own_indices import own_indices
from deltarule.language.scaled_sizes import Sides, scaled_size, sides
from deltarule.networks.network import LayerUse, Network
from deltarule.networks.respelled import put_in, resized
from deltarule.networks.tensors import Tensor
from deltarule.spelling.counted import counted


def layer(
    name: str,
    *inputs: Name,
    suffix: str = "",
    names: Mapping[str, str] | None = None,
    sizes: Mapping[str, object] | None = None,
    last: bool = False,
    **options,
) -> Name:
    """Use another derivation as a layer on this page, and return its output.

    `inputs` take the places of its inputs and targets, in their order. Everything else that it
    declares comes along with `suffix` on its name, or under the name that `names` gives;
    `sizes` gives extents or attributes of its own, which otherwise get the suffix too. Where the
    page lays out its tensors, those of the layer are read in the order of the layer's own file.
    What the `last` layer puts out is put out by the page too.
    Raises DeltaruleError where the number or the shapes of the inputs do not fit.
    """
    page = current()
    part = _part(name, tuple(sorted(options.items())))
    slots = part.with_role("input", "target")
    if len(slots) < len(inputs):
        raise DeltaruleError(
            f"{name} takes {len(slots)} inputs, not {len(inputs)}",
            page.place(),
            "pass one tensor for each of " + ", ".join(t.name for t in slots),
        )
    padded = [_padded(s, given, suffix, page) for s, given in zip(slots, inputs, strict=False)]
    wanted = {
        size: scaled_size(part, size, expression(value, page))
        for size, value in (sizes or {}).items()
    }
    symbols = _symbols(part, padded, slots, suffix, wanted, page)
    spelling = {t.name: given.tensor.name for t, given in zip(slots, padded, strict=False)}
    for tensor in part.tensors.values():
        if tensor.name not in spelling:
            wanted_name = (names or {}).get(tensor.name, tensor.name + suffix)
            brought = _bring(tensor, wanted_name, symbols, page, last)
            spelling[tensor.name] = brought
            if page.layouts and tensor.name in part.orders:
                page.orders[brought] = part.orders[tensor.name]
    page.uses.append(LayerUse(part, spelling, symbols))
    for equation in part.equations:
        named = put_in(equation, spelling, symbols)
        layer = f"{equation.layer or name} {suffix}"
        page.equations.append(replace(named, place=page.place(), layer=layer))
    page.derived += [lines.renamed(spelling) for lines in part.derived]
    results = part.with_role("loss") or part.with_role("output")
    return Name(page.tensors[spelling[results[-1].name]], page)


def _part(name: str, options: tuple) -> Network:
    network, read = _kept_part(name, options, sides())
    note_read(read)
    return network


@lru_cache(maxsize=256)
def _kept_part(name: str, options: tuple, _sides: Sides | None) -> tuple[Network, tuple[Path, ...]]:
    """The network of a part of a copy with these sides, and the files that it was read from."""
    with files_read() as read:
        network = load(name, **dict(options))
    return network, tuple(read)


def _padded(slot: Tensor, given: Name, suffix: str, page: Page) -> Name:
    """The tensor that is passed, with the value outside it that the layer reads.

    Where it has another value outside for another layer, a copy is passed.
    """
    tensor = page.tensors[given.tensor.name]
    if slot.outside in (None, tensor.outside):
        return given
    if tensor.outside is None:
        page.tensors[tensor.name] = replace(tensor, outside=slot.outside)
        return given
    name = f"{tensor.name}_padded{suffix}"
    copy = page.declare(replace(tensor, name=name, role="intermediate", outside=slot.outside))
    indices = own_indices(tensor, page)
    page.write(copy.tensor, indices, read(tensor.name, *indices))
    return copy


def takes(name: str, **options) -> tuple[str, ...]:
    """The names of the tensors that another derivation takes: its inputs, then its targets."""
    return tuple(t.name for t in load(name, **options).with_role("input", "target"))


def _bring(tensor: Tensor, name: str, symbols: dict, page: Page, last: bool) -> str:
    """The name that a tensor of the part has on the page: w_0 is w0 there."""
    role = "intermediate" if tensor.role == "output" and not last else tensor.role
    named = page.declare(replace(resized(tensor, symbols), name=name, role=role))
    return named.tensor.name


def _symbols(
    part: Network,
    inputs: list[Name],
    slots: list[Tensor],
    suffix: str,
    given: Mapping[str, Expr],
    page: Page,
) -> dict[Symbol, Expr]:
    """What each size, attribute and constant of the part is called on the page."""
    table: dict[Symbol, Expr] = {}
    for slot, value in zip(slots, inputs, strict=False):
        _fit(slot, value, table, page)
    for symbol in _declared(part):
        if symbol in table:
            continue
        if symbol.name in given:
            table[symbol] = given[symbol.name]
        elif isinstance(symbol, (Size, Scalar)):
            table[symbol] = suffixed(symbol, suffix)
    for symbol, definition in part.definitions.items():
        value = substitute(definition, table)
        if symbol.name in given:
            continue
        if not value.has(FloorQuotient):
            table[symbol] = _enough(symbol, definition, value.expand(), part, page)
        elif isinstance(own := table[symbol], Size):
            page.definitions[own] = value
        elif own != value:
            raise DeltaruleError(
                f"size {symbol} of the layer would be both {own} and {value}",
                page.place(),
                "check the axes of what it takes",
            )
    for symbol, default in part.attributes.items():
        if isinstance(own := table[symbol], Attribute):
            page.attributes[own] = default
    for symbol, usual in part.scalars.items():
        if isinstance(own := table[symbol], Scalar):
            page.scalars[own] = usual
            if symbol in part.ranges:
                page.ranges[own] = part.ranges[symbol]
    return table


def _enough(symbol: Size, definition: Expr, value: Expr, part: Network, page: Page) -> Expr:
    """A size that follows from others. Raises DeltaruleError where nothing is left of it."""
    if value.is_Integer and value < 1:
        raise DeltaruleError(
            f"{part.name} does not fit: {symbol} = {value}",
            page.place(),
            "change one of " + ", ".join(sorted(map(str, definition.free_symbols))),
        )
    return value


def _declared(part: Network) -> list[Symbol]:
    found: dict[Symbol, None] = dict.fromkeys((*part.attributes, *part.scalars))
    for tensor in part.tensors.values():
        for axis in tensor.axes:
            found.update(dict.fromkeys(sorted(free_symbols(axis), key=str)))
    for symbol, definition in part.definitions.items():
        found.update(dict.fromkeys((*sorted(free_symbols(definition), key=str), symbol)))
    return list(found)


def _fit(slot: Tensor, value: Name, table: dict, page: Page) -> None:
    given = value.tensor.axes
    if len(slot.axes) != len(given):
        raise DeltaruleError(
            f"{value.tensor.name} has {counted(len(given), 'axis')} where {slot.name} has "
            f"{len(slot.axes)}",
            page.place(),
            "give the layer a tensor with as many axes (see its option batch)",
        )
    for wanted, actual in zip(slot.axes, given, strict=True):
        if isinstance(wanted, Size) and table.setdefault(wanted, actual) != actual:
            raise DeltaruleError(
                f"size {wanted} of the layer would be both {table[wanted]} and {actual}",
                page.place(),
                f"check the axes of {value.tensor.name}",
            )
