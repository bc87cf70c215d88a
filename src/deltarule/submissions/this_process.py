"""Functions of one's own, called in this process as a sandbox calls those of others."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from deltarule.sandbox import Kept, Limits, Outcome, Sandbox, Verdict
from deltarule.sandbox.inside.messages import (
    FRAME,
    Blocks,
    Unpacking,
    array_bytes,
    other_types,
    packed,
    parsed,
    picked,
    to_bytes,
)
from deltarule.sandbox.submission import Submission


class ThisProcess(Sandbox):
    """In the place of a sandbox: `names` are called here, and may do all that this process may.

    `files` are those in which the lines of errors are looked for. A call has no time limit.
    """

    def __init__(self, names: Mapping[str, Any], files: Sequence[str] = ()):
        self.names, self.files = names, set(files)

    @property
    def layers(self) -> str:  # type: ignore[override]
        return "none, it runs in this process"

    def submission(self, limits: Limits | None = None) -> Submission:
        """What calls them."""
        return OwnFunctions(self.names, self.files)

    def close(self) -> None:
        """Nothing is to be ended."""


class OwnFunctions(Submission):
    """Calls of functions in this process, with the outcomes that a sandbox would give."""

    def __init__(self, names: Mapping[str, Any], files: set[str]):
        self.names, self.files = names, files
        self._results: dict[int, Any] = {}
        self._given: dict[int, list[Any]] = {}
        self._number = 0

    @property
    def alive(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing is to be ended."""

    def load(self, text: str, name: str = "submission.py") -> Outcome:
        """They are loaded already."""
        return Outcome(Verdict.RETURNED)

    def _request(self, function, of, called: bool, args, named, only) -> Outcome:
        self._number += 1
        try:
            target = self._own(of) if of is not None else None
        except LookupError as error:
            return self._raised(error)
        for k, part in enumerate(function.split(".") if function else ()):
            first = target is None and k == 0
            target = self.names.get(part) if first else getattr(target, part, None)
        if target is None:
            return Outcome(Verdict.MISSING, number=self._number)
        if not called:
            return self._gives(target, [], [])
        args = self._given[self._number] = [self._own(a) for a in args]
        named = {k: self._own(v) for k, v in named.items()}
        before = [array_bytes(a) for a in (*args, *named.values())]
        try:
            with warnings.catch_warnings(record=True) as found:
                warnings.simplefilter("always")
                result = target(*args, **named)
        except Exception as error:
            return self._raised(error)
        keys = [*range(len(args)), *named]
        changed = [
            keys[i] for i, a in enumerate((*args, *named.values())) if array_bytes(a) != before[i]
        ]
        return self._gives(result, changed, [f"{w.category.__name__}: {w.message}" for w in found])

    def _gives(self, result: Any, changed: list[int | str], warned: list[str]) -> Outcome:
        self._results[self._number] = result
        value = _of_base_types(result)
        found = Outcome(Verdict.RETURNED, value, self._number, changed=changed, warned=warned[:5])
        if others := other_types(value):
            found.verdict, found.detail = Verdict.OTHER, ", ".join(sorted(others))
        return found

    def _raised(self, error: Exception) -> Outcome:
        words = str(error).strip().splitlines()
        kind = type(error).__name__
        steps = traceback.walk_tb(error.__traceback__)
        lines = [n for frame, n in steps if frame.f_code.co_filename in self.files]
        return Outcome(
            Verdict.RAISED,
            number=self._number,
            detail=f"{kind}: {words[0]}" if words else kind,
            line=lines[-1] if lines else None,
        )

    def _own(self, value: Any) -> Any:
        """A value, its arrays copied, with what earlier calls gave in the place of `Kept`."""
        if type(value) is Kept:
            return picked(value, self._results, self._given)
        if type(value) in (tuple, list):
            return type(value)(map(self._own, value))
        if type(value) is dict:
            return {k: self._own(v) for k, v in value.items()}
        return copy(value)


def _of_base_types(value: Any) -> Any:
    """A value as it would come out of a sandbox: copies, of exact base types."""
    blocks = Blocks()
    data = to_bytes({"result": packed(value, blocks)}, blocks)
    _, text, _ = FRAME.unpack(data[: FRAME.size])
    message, arrays = parsed(
        data[FRAME.size : FRAME.size + text], bytearray(data[FRAME.size + text :])
    )
    return Unpacking(arrays).value(message["result"])
