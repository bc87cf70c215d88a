"""Files that play students' homework: right ones, unusual ones, and ones with a planted mistake.

They lie in tests/submissions/homework, a folder for each course. `affine.py` is a right solution,
`affine.toml` the mistakes that are planted in it, each as an edit of one function; the folder
`unusual` has right solutions that are written in other ways.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HOMEWORK = Path(__file__).resolve().parents[1] / "submissions/homework"
COURSES = ("cs231n", "deeplearning_ai", "mytorch")

#: Files that others of their course import: they are handed in as one file with those.
TOGETHER = {
    "mytorch/convolution": ("resampling",),
    "mytorch/pooling": ("resampling",),
    "cs231n/layer_utils": ("affine",),
    "cs231n/fc_net": ("layer_utils", "losses"),
}


#: Mistakes that are no row of the list, and have to be named like its rows.
BESIDE_THE_LIST = {
    "stride 1", "square", "N=D", "T=1", "γ=1", "cache", "h0", "dgamma", "log10", "svm", "zeros",
    "twice", "unfinished", "print", "shape", "keepdims", "padding", "size", "product",
    "activation", "penalty", "zeros left",
}  # fmt: skip


@dataclass(frozen=True)
class Solution:
    """A file that is right."""

    course: str
    name: str
    text: str

    @property
    def functions(self) -> list[str]:
        """The functions and classes that it defines."""
        return [n.name for n in ast.parse(self.text).body if hasattr(n, "name")]


@dataclass(frozen=True)
class Planted:
    """A solution with a mistake in one function.

    `row` is the number in the list of students' mistakes, or a word; `mistake` says it, `words` is
    what a diagnosis that is right may say, as a regular expression.
    """

    course: str
    file: str
    function: str
    row: str
    mistake: str
    text: str
    words: str

    def __str__(self) -> str:
        return f"{self.course}/{self.file}: {self.function}: {self.mistake}"

    @property
    def listed(self) -> bool:
        """Whether it is one of the list of students' mistakes, or that are asked for beside it."""
        return self.row.isdigit() or self.row in BESIDE_THE_LIST


def _text(course: str, name: str) -> str:
    own = (HOMEWORK / course / f"{name}.py").read_text(encoding="utf-8")
    beside = TOGETHER.get(f"{course}/{name}", ())
    local = tuple(f"from {m}" for m in (*beside, f"{course}."))
    lines = [line for line in own.splitlines(keepends=True) if not line.startswith(local)]
    return "".join(_text(course, m) + "\n\n" for m in beside) + "".join(lines)


def references(course: str) -> list[Solution]:
    """The right solutions of a course."""
    names = sorted(p.stem for p in (HOMEWORK / course).glob("*.py"))
    return [Solution(course, n, _text(course, n)) for n in names]


def unusual(course: str) -> list[Solution]:
    """Right solutions that are written in other ways than most are."""
    paths = sorted((HOMEWORK / "unusual" / course).glob("*.py"))
    return [Solution(course, p.stem, p.read_text(encoding="utf-8")) for p in paths]


def planted(course: str) -> Iterator[Planted]:
    """The solutions of a course with one mistake each."""
    for path in sorted((HOMEWORK / course).glob("*.toml")):
        text = _text(course, path.stem)
        for function, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for row, mistake, old, new, words in table["planted"]:
                changed = edited(text, function, old, new)
                yield Planted(course, path.stem, function, row, mistake, changed, words)


def pairs() -> Iterator[Planted]:
    """Solutions with two mistakes; `words` are those of either."""
    edits = {
        (f"{course}/{path.stem}", function, mistake): (old, new, words)
        for course in COURSES
        for path in (HOMEWORK / course).glob("*.toml")
        for function, table in tomllib.loads(path.read_text(encoding="utf-8")).items()
        for _, mistake, old, new, words in table["planted"]
    }
    table = tomllib.loads((HOMEWORK / "pairs.toml").read_text(encoding="utf-8"))
    for place, first, one, second, other in table["pairs"]:
        course, file = place.split("/")
        text = _text(course, file)
        both = [edits[place, first, one], edits[place, second, other]]
        for function, (old, new, _) in zip((first, second), both, strict=True):
            text = edited(text, function, old, new)
        words = "|".join(words for *_, words in both)
        yield Planted(course, file, second, "pair", f"{one}, and {other}", text, words)


def edited(text: str, function: str, old: str, new: str) -> str:
    """The text with an edit in one function, or method of a class: `Linear.backward`."""
    node = ast.parse(text)
    for part in function.split("."):
        (node,) = [n for n in node.body if getattr(n, "name", "") == part]
    lines = text.splitlines(keepends=True)
    inside = "".join(lines[node.lineno - 1 : node.end_lineno])
    if inside.count(old) != 1:
        raise ValueError(f"{function}: {old!r} stands there {inside.count(old)} times")
    before, after = "".join(lines[: node.lineno - 1]), "".join(lines[node.end_lineno :])
    changed = before + inside.replace(old, new) + after
    ast.parse(changed)
    return changed
