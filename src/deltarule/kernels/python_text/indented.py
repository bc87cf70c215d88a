"""Lines of Python with their indentation."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from deltarule.networks.equations import Equation
from deltarule.spelling.text import text


class Lines:
    """Text that grows line by line: `with lines.block("for n in range(N):"): lines.add(…)`."""

    def __init__(self, depth: int = 0):
        self._lines: list[str] = []
        self._depth = depth
        self._starts: list[int] = []

    def add(self, *lines: str) -> None:
        """Lines at the present depth."""
        self._lines += ["    " * self._depth + line if line else "" for line in lines]

    def extend(self, lines: Iterable[str]) -> None:
        """Several lines at the present depth."""
        self.add(*lines)

    def mark(self) -> tuple[int, int]:
        """This place, for lines that turn out later to be needed here."""
        return len(self._lines), self._depth

    def insert(self, mark: tuple[int, int], *lines: str) -> None:
        """Lines at a place that was marked."""
        place, depth = mark
        self._starts = [s + len(lines) if place <= s else s for s in self._starts]
        self._lines[place:place] = ["    " * depth + line for line in lines]

    def since(self, mark: tuple[int, int]) -> list[str]:
        """The lines behind a place that was marked, with their indentation."""
        return self._lines[mark[0] :]

    def replace(self, mark: tuple[int, int], lines: Iterable[str]) -> None:
        """Put other lines, with their indentation, for those behind a place that was marked."""
        self._lines[mark[0] :] = lines

    def comment(self, words: str) -> None:
        """A comment, broken where it is too long."""
        self.add(*wrapped(words, "# ", 96 - 4 * self._depth))

    def about(self, equation: Equation) -> None:
        """The equation that the next lines compute, as a comment."""
        self.comment(f"{text(equation.lhs)} = {text(equation.rhs)}")

    @contextmanager
    def recorded(self) -> Iterator[Callable[[], str]]:
        """What gives the lines that are added inside, without those inserted further up."""
        depth = len(self._starts)
        self._starts.append(len(self._lines))
        try:
            yield lambda: "\n".join(self._lines[self._starts[depth] :])
        finally:
            self._starts.pop()

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """A line that ends in a colon, and what stands under it."""
        self.add(head)
        start = len(self._lines)
        self._depth += 1
        yield
        if all(line.lstrip().startswith("#") or not line for line in self._lines[start:]):
            self.add("pass")  # a loop over a size that is 0
        self._depth -= 1

    def ends_with(self, line: str) -> bool:
        """Whether a line stands here already, at the present depth and within this block."""
        here = "    " * self._depth
        for earlier in reversed(self._lines):
            if earlier == here + line:
                return True
            if not earlier.startswith(here):
                return False
        return False

    def __str__(self) -> str:
        return "\n".join(self._lines)


def wrapped(text: str, prefix: str, width: int = 96) -> list[str]:
    """Text broken at spaces, with a prefix on each line and later lines indented."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=prefix,
        subsequent_indent=prefix + "    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
