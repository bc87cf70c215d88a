"""`%%derive` and `%%check`: what stands in a cell is equations, or somebody's functions.

Neither is run in the notebook: equations are read, and functions are checked in a sandbox.
"""

from __future__ import annotations

import shlex
from argparse import ArgumentError, ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from deltarule.calculus import Derivation, derive
from deltarule.errors import DeltaruleError
from deltarule.reports.selection import chosen
from deltarule.testing.code_check import CodeCheck, check
from deltarule.typed import layer


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext deltarule` calls, with IPython's shell."""
    shell.register_magic_function(_said_shortly(derive_cell), "cell", "derive")
    shell.register_magic_function(_said_shortly(check_cell), "cell", "check")


def _said_shortly(magic: Callable[[str, str], Any]) -> Callable[[str, str], Any]:
    """A cell whose errors are shown as a command shows them: without the way through our code."""

    @wraps(magic)
    def shown(line: str, cell: str) -> Any:
        try:
            return magic(line, cell)
        except DeltaruleError as error:
            # IPython asks an exception for the lines that stand for its traceback.
            said = f"error: {error}".splitlines()
            error._render_traceback_ = lambda: said  # pyright: ignore[reportAttributeAccessIssue]
            raise

    return shown


def derive_cell(line: str, cell: str) -> Derivation:
    """`%%derive [--wrt NAME]… [--set SIZE=NUMBER]…`: the gradients of the equations in a cell.

    Raises DeltaruleError for options that there are not, and for what cannot be read.
    """
    options = _options("%%derive", line, wrt="append", set="append")
    sizes: dict[str, int | str] = {}
    for setting in ",".join(options.set or ()).split(","):
        name, equals, value = (part.strip() for part in setting.partition("="))
        if setting.strip() and not (equals and name and value):
            raise _refused("%%derive", f"--set {setting} has no value", "write --set N=2")
        if name:
            sizes[name] = int(value) if value.isdigit() else value
    derivation = derive(layer(cell, options.wrt or (), **sizes))
    wanted = chosen(derivation, options.wrt or ())
    return replace(derivation, gradients={g.tensor.name: g for g in wanted})


def check_cell(line: str, cell: str) -> CodeCheck:
    """`%%check [--convention COURSE] [--like NAME] [--only WORDS] [--accept VERDICTS]`: the
    functions of a cell, checked in a sandbox as `check FILE.py` checks those of a file.

    Raises DeltaruleError as `deltarule.check` does.
    """
    options = _options("%%check", line, convention="", like="", only="", accept="")
    with TemporaryDirectory() as folder:
        path = Path(folder, "cell.py")
        path.write_text(cell, encoding="utf-8")
        found = check(
            str(path),
            convention=options.convention,
            like=options.like,
            only=options.only or "",
            accept=options.accept,
        )
    files = [file._replace(path="this cell") for file in found.checked.files]
    return CodeCheck(found.checked._replace(files=files))


def _options(magic: str, line: str, **known: str) -> Namespace:
    """The options behind the name of a cell: each takes a value, and some are given repeatedly."""
    parser = ArgumentParser(prog=magic, add_help=False, exit_on_error=False, allow_abbrev=False)
    for name, action in known.items():
        parser.add_argument(f"--{name}", action=action or "store")
    names = ", ".join(f"--{name}" for name in known)
    try:
        found, others = parser.parse_known_args(shlex.split(line))
    except (ArgumentError, ValueError) as error:
        fact = f"{line.strip()} cannot be read: {error}"
        raise _refused(magic, fact, f"{names} take a value") from None
    if others:
        raise _refused(magic, f"there is no {others[0]} here", f"it takes {names}")
    return found


def _refused(magic: str, fact: str, remedy: str) -> DeltaruleError:
    return DeltaruleError(fact, magic, remedy)
