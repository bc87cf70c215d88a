"""What the reader of a derivation may ask for: `batch = option("batch", True, "several …")`."""

from __future__ import annotations

from typing import TypeVar

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.language.declarations import current
from deltarule.language.option_values import as_default
from deltarule.networks.network import Option
from deltarule.spelling.lowered import lowered

#: The type of an option is that of its usual value.
Kind = TypeVar("Kind")


def option(
    name: str,
    default: Kind,
    help: str = "",
    choices: tuple = (),
    at_least: int | None = None,
    at_most: int | None = None,
) -> Kind:
    """What the reader may ask for: `layers = option("layers", 2, "weight matrices")`.

    The value has the type of the default. Raises DeltaruleError for a value that does not fit.
    """
    page = current()
    value = as_default(name, page.asked.get(name, default), default, page.name)
    names = [str(c) for c in choices]
    if choices and value not in choices:
        raise DeltaruleError(
            f"{name} = {value} is not among the choices",
            page.place(),
            did_you_mean(str(value), names) or "choose one of " + ", ".join(names),
        )
    if at_least is not None and value < at_least:
        raise DeltaruleError(
            f"{name} = {value} is too small", page.name, f"{name} is at least {at_least}"
        )
    if at_most is not None and value > at_most:
        raise DeltaruleError(
            f"{name} = {value} is too large", page.name, f"{name} is at most {at_most}"
        )
    page.options[name] = Option(name, value, default, lowered(help), tuple(choices))
    return value
