"""A file's text as statements: the pieces that do not parse are left out, or translated."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

from deltarule.errors import DeltaruleError
from deltarule.submissions.reading import python2
from deltarule.submissions.reading.code_places import CodePlaces
from deltarule.submissions.reading.module_units import imported_from
from deltarule.submissions.reading.parsed_blocks import Block, TooMuch, blocks, parsed_tree
from deltarule.submissions.reading.remarks import Remark, RemarkKind, remark
from deltarule.submissions.reading.syntax_errors import in_words

#: Characters that are translated of one file, and as how many a piece counts besides its own: a
#: second's work.
_MOST_TRANSLATED, _PIECE = 60_000, 150
#: Of one file; the longest homework has some hundred.
_MOST_STATEMENTS = 2000
#: Names, operations and other parts of one file; the longest homework has some 30,000.
_MOST_PARTS = 100_000


@dataclass
class UnderstoodCode:
    """`text` and its statements, whose lines are the text's.

    `lost` are the definitions that do not parse, `unread` other names that are bound where it
    does not, with the lines of the file.
    """

    text: str
    body: list[ast.stmt]
    places: CodePlaces
    remarks: list[Remark] = field(default_factory=list)
    lost: dict[str, int] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)
    python2: bool = False


class _Reader:
    """Puts the text together from pieces that parse."""

    def __init__(self, compat: bool, cells: tuple[tuple[int, int], ...]):
        self.compat, self.left = compat, _MOST_TRANSLATED
        self.lines: list[str] = []
        self.parts = 0
        self.found = UnderstoodCode("", [], CodePlaces(cells=cells))
        self.translated: list[int] = []
        self.outside = 0
        self.first_outside: Remark | None = None

    def read(self, pieces: list[Block]) -> UnderstoodCode:
        found = self.found
        for block in pieces:
            self._take(block)
        found.text = "\n".join(self.lines)
        if self.first_outside is not None:
            more = f" (and {self.outside - 1} more outside of definitions)"
            first = self.first_outside
            fact = first.fact + more * (self.outside > 1)
            found.remarks.append(replace(first, fact=fact))
        if self.translated:
            found.python2 = True
            found.remarks.append(
                remark(
                    RemarkKind.TRANSLATED,
                    _pieces_of_python2(len(self.translated)),
                    self._many(self.translated),
                    "write it for Python 3",
                )
            )
        return found

    def _take(self, block: Block) -> None:
        tree = parsed_tree(block.text)
        old = self.compat and not isinstance(tree, TooMuch)
        old = old and (isinstance(tree, SyntaxError) or python2.needs_translation(block.text))
        other = self._translated(block, tree) if old else None
        if other is not None:
            text, tree = other
            numbers = python2.line_numbers(block.text, text, block.first)
            if text != block.text:
                self.translated.append(block.first)
            self._add(text.split("\n"), numbers, tree)
            return
        numbers = list(range(block.first, block.first + len(block.lines)))
        if isinstance(tree, SyntaxError):
            self._lose(block, tree)
            self._add([""] * len(block.lines), numbers, None)
        else:
            self._add(block.lines, numbers, tree)

    def _translated(
        self, block: Block, tree: ast.Module | SyntaxError
    ) -> tuple[str, ast.Module] | None:
        text = block.text
        if isinstance(tree, SyntaxError):
            text = python2.untabbed(text)
            plain = parsed_tree(text)
            if isinstance(plain, ast.Module):
                return text, plain
        if len(text) + _PIECE > self.left:
            return None
        self.left -= len(text) + _PIECE
        functions = (True,) if isinstance(tree, ast.Module) else (False, True)
        for print_function in functions:
            other = python2.translated(text, print_function)
            new = parsed_tree(other) if other is not None else None
            if other is not None and isinstance(new, ast.Module):
                return other, new
        return None

    def _add(self, lines: list[str], numbers: list[int], tree: ast.Module | None) -> None:
        for node in tree.body if tree else ():
            self.parts += sum(1 for _ in ast.walk(node))
            ast.increment_lineno(node, len(self.lines))
            self.found.body.append(node)
        self.lines += lines
        self.found.places.sources += numbers
        if self.parts > _MOST_PARTS:
            raise DeltaruleError(
                f"it has more than {_MOST_PARTS} names, numbers and operations",
                None,
                "hand in the file with the functions alone",
            )

    def _lose(self, block: Block, error: SyntaxError) -> None:
        line, fact, remedy = in_words(error, block.text)
        source = block.first + line - 1
        name = block.definition()
        place = self.found.places.of_source(source)
        if name:
            self.found.lost[name] = source
            said = remark(RemarkKind.NOT_LOADED, fact, place, remedy, (name,))
            self.found.remarks.append(said)
            return
        self.found.unread |= dict.fromkeys(block.names(), source)
        if self.outside == 0:
            self.first_outside = remark(RemarkKind.NOT_LOADED, fact, place, remedy)
        self.outside += 1

    def _many(self, lines: list[int]) -> str:
        places = [self.found.places.of_source(line) for line in lines]
        more = f" and {len(places) - 4} more" if len(places) > 4 else ""
        return "; ".join(places[:4]) + more


def _pieces_of_python2(count: int) -> str:
    what = f"{count} pieces of Python 2 were" if count > 1 else "a piece of Python 2 was"
    return f"{what} translated by fissix"


def understood(text: str, compat: bool, cells: tuple[tuple[int, int], ...] = ()) -> UnderstoodCode:
    """The text's statements. `compat`: what is Python 2 is translated.

    `cells`: see `CodePlaces`; what does not parse in one costs nothing of the others.
    Raises DeltaruleError for too many statements or parts, and where `compat` needs a package that
    is not installed.
    """
    tree = parsed_tree(text)
    whole = isinstance(tree, ast.Module)
    pieces = _pieces(text, cells) if not whole else []
    count = len(tree.body) if whole else len(pieces)
    if count > _MOST_STATEMENTS:
        raise DeltaruleError(
            f"there are {count} statements outside of functions, of {_MOST_STATEMENTS} at most",
            None,
            "hand in the file with the functions alone",
        )
    old = compat and (not whole or _is_python2(text, tree))
    if whole and not old:
        lines = range(1, text.count("\n") + 2)
        return UnderstoodCode(text, tree.body, CodePlaces(list(lines), cells))
    return _Reader(old, cells).read(pieces or _pieces(text, cells))


def _is_python2(text: str, tree: ast.Module) -> bool:
    """Whether it uses names of Python 2 that it does not import."""
    return not set(python2.TELLTALE.findall(text)) <= set(imported_from(tree.body))


def _pieces(text: str, cells: tuple[tuple[int, int], ...]) -> list[Block]:
    if not cells:
        return blocks(text)
    lines = text.split("\n")
    ends = [first - 1 for first, _ in cells[1:]] + [len(lines)]
    found = []
    for (first, _), end in zip(cells, ends):
        for block in blocks("\n".join(lines[first - 1 : end])):
            found.append(Block(block.first + first - 1, block.lines))
    return found
