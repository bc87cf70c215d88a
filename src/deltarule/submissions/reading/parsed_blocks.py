"""Python text as syntax trees, top-level block by block where it does not parse as a whole.

Parsing runs nothing. CPython's parser bounds nesting and recursion by itself, and says so by a
MemoryError or RecursionError; texts are capped in size before they come here.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

#: Levels of a syntax tree: what walks it does so by recursion.
_DEEPEST = 150
#: Nodes of a syntax tree; a long homework file has ten thousand.
_MOST_NODES = 60_000
#: Words that go on with the statement before them.
_GOES_ON = re.compile(r"(else|elif|except|finally)\b|[)\]}]|<{7}|={7}|>{7}")
_DEFINES = re.compile(r"(async\s+def|def|class|@)\b|@")
#: What changes whether a line is inside a string or brackets; comments are left out.
_PIECES = re.compile(
    r"#[^\n]*|(?:\b[rbfuRBFU]{1,2})?(?P<triple>\"\"\"|''')"
    r"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|[\[({\])}]"
)


class TooMuch(SyntaxError):
    """A piece is larger or deeper than what is looked at."""


@dataclass
class Block:
    """A top-level statement, or several: `lines` of the text from line `first` (from 1)."""

    first: int
    lines: list[str]

    @property
    def text(self) -> str:
        """Its text."""
        return "\n".join(self.lines)

    def names(self) -> set[str]:
        """The names that it may bind, where it is no definition: of imports and assignments."""
        found = set(re.findall(r"^[ \t]*([A-Za-z_]\w*)[ \t]*=[^=]", self.text, re.M))
        for line in re.findall(r"^[ \t]*(?:from \S+ )?import ([\w., ]+)", self.text, re.M):
            found |= {part.split()[-1].split(".")[0] for part in line.split(",") if part.strip()}
        return found

    def definition(self) -> str:
        """The name of the function or class that it begins; empty where it begins none."""
        found = re.search(r"^(?:async\s+)?(?:def|class)\s+(\w+)", self.text, re.M)
        return found[1] if found else ""


def parsed_tree(text: str) -> ast.Module | SyntaxError:
    """The syntax tree of a text, or why there is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in strings and the like
            tree = ast.parse(text)
    except SyntaxError as error:
        return error
    except (RecursionError, MemoryError):
        return TooMuch("it is nested too deeply", ("", 1, 0, ""))
    except ValueError as error:
        return SyntaxError(str(error), ("", 1, 0, ""))
    return _too_much(tree) or tree


def _too_much(tree: ast.Module) -> TooMuch | None:
    """What is said of a tree that is larger, or deeper, than what is walked here."""
    level: list[ast.AST] = list(tree.body)
    count = len(level)
    for _depth in range(_DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        count += len(level)
        if count > _MOST_NODES:
            return TooMuch("it is too long a piece of code", ("", 1, 0, ""))
    lines = [node.lineno for node in level if isinstance(node, ast.expr | ast.stmt)]
    return TooMuch("it is nested too deeply", ("", min(lines), 0, "")) if lines else None


def blocks(text: str) -> list[Block]:
    """The text cut before each statement that begins at the left margin."""
    lines = text.split("\n")
    found = [Block(1, [])]
    decorated = False
    for number, (line, inside) in enumerate(zip(lines, _inside(lines)), start=1):
        begins = line[:1] not in ("", " ", "\t", "#") and not inside
        if begins and not _GOES_ON.match(line) and not decorated and found[-1].lines:
            found.append(Block(number, []))
        if begins:
            decorated = line.startswith("@")
        found[-1].lines.append(line)
    return found


def _inside(lines: list[str]) -> Iterator[bool]:
    """Of each line whether it begins inside a string, brackets, or a line that goes on.

    Where a string is never closed, a definition at the left margin ends it all the same, and
    brackets that are never closed are ended so always.
    """
    quote, depth, goes_on = "", 0, False
    for number, line in enumerate(lines):
        if _DEFINES.match(line) and not (quote and _closes(quote, lines, number)):
            quote, depth, goes_on = "", 0, False
        yield bool(quote) or depth > 0 or goes_on
        quote, depth = _after(line, quote, depth)
        goes_on = line.endswith("\\")


def _closes(quote: str, lines: list[str], number: int) -> bool:
    """Whether a triple quote that is open at a definition's line is closed before the next one:
    of a definition's own there is an even count."""
    count = lines[number].count(quote)
    for line in lines[number + 1 :]:
        if _DEFINES.match(line):
            break
        count += line.count(quote)
    return count % 2 == 1


def _after(line: str, quote: str, depth: int) -> tuple[str, int]:
    """The open triple quote and the depth of brackets at the end of a line."""
    at = 0
    while at < len(line):
        if quote:
            end = line.find(quote, at)
            if end < 0:
                return quote, depth
            quote, at = "", end + 3
            continue
        piece = _PIECES.search(line, at)
        if piece is None:
            break
        at, text = piece.end(), piece[0]
        if piece["triple"]:
            quote = piece["triple"]
        elif text in "([{":
            depth += 1
        elif text in ")]}":
            depth = max(0, depth - 1)
    return quote, depth
