"""The process that runs a person's file: a request comes in, outcomes go out, a line for each.

This keeps a function that ends the program, or never ends, from taking others with it. It is no
wall against a file that means harm: such a file must not be checked at all.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import traceback
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

from deltarule.errors import DeltaruleError
from deltarule.gradcheck.user_code.check_functions import check_own
from deltarule.gradcheck.user_code.function import OwnFile, names_in, opened, read
from deltarule.gradcheck.user_code.importing import in_words
from deltarule.gradcheck.user_code.outcome import FunctionOutcome, failed, to_values
from deltarule.gradcheck.user_code.rounds import Tolerance

#: So many lines of what is printed are kept.
MOST_LINES = 3


class _Said(io.TextIOBase):
    """What code prints, of which the first lines are kept."""

    def __init__(self):
        super().__init__()
        self.lines: list[str] = [""]

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        """Keep the first lines."""
        if len(self.lines) <= MOST_LINES:
            first, *others = text[:500].split("\n")
            self.lines[-1] = (self.lines[-1] + first)[:200]
            self.lines += others
        return len(text)

    def first_lines(self) -> list[str]:
        """The first lines."""
        return list(dict.fromkeys(line for line in self.lines[:MOST_LINES] if line.strip()))


def main() -> None:
    """Check what the request on standard input asks for."""
    request = json.load(sys.stdin)
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115

    def tell(**message) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            file = opened(Path(request["path"]))
            names = names_in(file, request["function"])
        except DeltaruleError as error:
            tell(error=[error.fact, error.place, error.remedy])
            os._exit(0)
    tell(names={name: _place(file, name) for name in names})
    for name in names:
        if name not in request["skip"]:
            tell(begin=name)
            tell(outcome=to_values(_outcome(file, name, request, tell)))
    tell(done=True)
    os._exit(0)  # whatever the file has started ends with it


def _outcome(file: OwnFile, name: str, request: Mapping, tell) -> FunctionOutcome:
    said = _Said()
    with _warned() as warned, contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            function = read(file, name, request["shapes"], request["given"])
            tolerance = Tolerance(request["relative"], request["absolute"])
            result = check_own(
                function,
                seed=request["seed"],
                sizes=request["given"],
                progress=lambda words: tell(progress=words),
                tolerance=tolerance,
            )
            outcome = FunctionOutcome(
                name,
                function.place,
                result.checks,
                result.faults,
                result.notes,
                result.why,
                result.measured,
                result.tried.points,
                result.tried.left_out,
            )
        except Exception as error:
            mine = error if isinstance(error, DeltaruleError) else _fault(error)
            outcome = failed(name, _place(file, name), mine)
    outcome.prints, outcome.warns = said.first_lines(), warned[:MOST_LINES]
    return outcome


def _place(file: OwnFile, name: str) -> str:
    return f"{file.path.name}, line {getattr(file.definition(name), 'lineno', 1)}"


def _fault(error: Exception) -> DeltaruleError:
    """Anything unforeseen, said as a fault of ours."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return DeltaruleError(
        f"deltarule met a fault of its own: {in_words(error)}",
        f"{Path(frame.filename).name}, line {frame.lineno}",
        "please report it",
    )


@contextlib.contextmanager
def _warned() -> Iterator[list[str]]:
    """Warnings, each once, in words."""
    found: list[str] = []

    def note(message, category, filename, lineno, *_more) -> None:
        words = f"{category.__name__}: {message} ({Path(filename).name}, line {lineno})"
        if words not in found:
            found.append(words)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = note
        yield found


if __name__ == "__main__":
    main()
