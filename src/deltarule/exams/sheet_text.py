"""Sheets written as TOML, in the format that marking/sheet_files/sheets.py reads."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from deltarule.arithmetic.printed import Printed
from deltarule.errors import DeltaruleError
from deltarule.exams.givens_as_printed import decimal_text
from deltarule.marking.points import SHARED
from deltarule.marking.sheet_files.arrays import Numbers
from deltarule.marking.sheet_files.sheets import Run
from deltarule.marking.sheet_files.toml_text import Digits
from deltarule.networks.network import Network

#: A number as TOML has them; all others stand in quotes.
_NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
#: Longer lists of lists are written a row a line.
_WIDE = 80


def sheet_text(
    run: Run,
    source: str = "",
    folder: Path | None = None,
    comments: Iterable[str] = (),
    questions: Sequence[Mapping[str, Any]] = (),
    extra: Mapping[str, Any] | None = None,
) -> str:
    """A run as a sheet of its own. Paths of derivations are meant from `folder` on.

    With tables of `questions` it is an exam, which asks in these alone; `extra` stands above.
    Raises DeltaruleError for a network that has neither name nor path.
    """
    parts = [*(f"# {visible_line(c)}" for c in comments)]
    head = _head(run, source, folder) | dict(extra or {})
    if questions:
        del head["asked"]
    parts += _pairs(head)
    tables: list[tuple[str, Mapping[str, Any]]] = [
        ("options", {key: v for key, v in run.options.items() if key != "rename"}),
        ("rename", run.options.get("rename", {})),
        ("rounding", _rounding(run)),
        ("given", run.given),
        ("properties", run.properties),
        ("names", run.names),
        ("formulas", run.formulas),
        ("marks", _policy(run) if questions else {**run.marks, **_policy(run)}),
    ]
    for name, table in tables:
        if table:
            parts += ["", f"[{name}]", *_pairs(table)]
    for question in questions:
        parts += ["", "[[question]]", *_pairs(question)]
    return "\n".join(parts) + "\n"


def visible_line(words: str) -> str:
    """Words for a comment: a line, without control characters."""
    return "".join(c if c.isprintable() else " " for c in words)


def _head(run: Run, source: str, folder: Path | None) -> dict[str, Any]:
    network = run.network
    if isinstance(network, Network):
        network = network.path
    if not network:
        raise DeltaruleError("a sheet names its network, and this one has no name", run.title)
    head: dict[str, Any] = (
        {"title": run.title, "source": source} if source else {"title": run.title}
    )
    head["network"] = _from(folder, network)
    if run.optimiser != "gradient_descent":
        head["optimiser"] = _from(folder, run.optimiser)
    if run.rate is not None:
        head["rate"] = run.rate
        head["updates"] = run.updates
    if run.not_updated:
        head["not_updated"] = list(run.not_updated)
    head["asked"] = list(run.asked)
    return head


def _from(folder: Path | None, network: str) -> str:
    """A derivation's name, or its path from a folder on."""
    if folder is None or not ("/" in network or network.endswith(".py")):
        return network
    try:
        return Path(os.path.relpath(network, folder)).as_posix()
    except ValueError:  # on another drive
        return Path(network).resolve().as_posix()


def _rounding(run: Run) -> dict[str, Any]:
    policy = run.rounding
    if policy.exact:
        return {}
    count = {"decimals": policy.decimals, "significant": policy.significant}
    return {**{k: v for k, v in count.items() if v is not None}, "rule": policy.rule}


def _policy(run: Run) -> dict[str, Any]:
    keys = {verdict: key for key, verdict in SHARED.items()}
    shares = {keys[verdict]: share for verdict, share in run.credit.shares.items()}
    partial = {} if run.credit.partial == "share" else {"partial": run.credit.partial}
    return {**partial, **shares}


def _pairs(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        yield f"{key if _BARE.fullmatch(key) else toml_text(key)} = {toml_value(value)}"


def toml_value(value: Any) -> str:
    """A value as TOML has it; numbers keep the digits that they have."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Printed):
        return _number(value.text)
    if isinstance(value, Digits):
        return _number(str(value))
    if isinstance(value, Fraction):
        return _number(decimal_text(value, 0))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | tuple):
        return _list(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(_pairs(value)) + " }"
    return toml_text(str(value))


def _number(text: str) -> str:
    return text if _NUMBER.fullmatch(text) else toml_text(text)


def toml_text(text: str) -> str:
    """A text in quotes, whatever it holds."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(values: Iterable[Any] | Numbers, indent: str = "") -> str:
    """A list; of lists that are too long for a line, one a line."""
    rows = list(values) if isinstance(values, Iterable) else []
    flat = "[" + ", ".join(toml_value(v) for v in rows) + "]"
    nested = any(isinstance(v, list | tuple) for v in rows)
    if len(flat) + len(indent) <= _WIDE or not nested:
        return flat
    inner = indent + "    "
    return "[\n" + "".join(f"{inner}{_list(v, inner)},\n" for v in rows) + indent + "]"
