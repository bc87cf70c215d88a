"""Assertions for tests: what fails says what `check` would say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deltarule.testing.code_check import CodeCheck, check


def assert_gradient(
    *functions: Any,
    like: str | None = None,
    names: Mapping[str, str] | None = None,
    returns: str = "",
    convention: str | None = None,
    accept: str | None = None,
    **options: Any,
) -> CodeCheck:
    """Assert that functions of your own are right: forward and backward passes, at many settings.

    `functions` have the names of a course's `convention`, or are checked `like` a derivation:
    `assert_gradient(conv_back, like="conv2d", names={"dout": "dy"}, stride=2)`; `names`, `returns`,
    `accept` and `options` are those of `deltarule.check`. They run in this process.

    Returns what was found. Raises AssertionError with all that is wrong and why, and DeltaruleError
    where nothing could be checked.
    """
    __tracebackhide__ = True
    found = check(
        *functions,
        like=like,
        names=names,
        returns=returns,
        convention=convention,
        accept=accept,
        **options,
    )
    return _asserted(found)


def assert_submission(
    *paths: str | Path,
    convention: str | None = None,
    only: str = "",
    accept: str | None = None,
    compat: bool = False,
    timeout: float | None = None,
    unsafe: bool = False,
) -> CodeCheck:
    """Assert that files that were handed in are right; they run in a sandbox.

    `paths` are .py files or notebooks; the others are those of `deltarule.check`.

    Returns what was found. Raises AssertionError with all that is wrong and why, and DeltaruleError
    for a file that cannot be read, and where this machine has no sandbox.
    """
    __tracebackhide__ = True
    found = check(
        *map(str, paths),
        convention=convention,
        only=only,
        accept=accept,
        compat=compat,
        timeout=timeout,
        unsafe=unsafe,
    )
    return _asserted(found)


def _asserted(found: CodeCheck) -> CodeCheck:
    __tracebackhide__ = True
    if not found.right:
        raise AssertionError(found.failures)
    return found
