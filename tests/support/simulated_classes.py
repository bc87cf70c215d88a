"""A class of simulated students, written into a folder in every form that is handed in.

    python tests/support/simulated_classes.py FOLDER COUNT [--code]

Papers of thirteen quantities, as of tests/support/simulated.py: right, with a slip, with two, left
out in part, nonsense; a file here and there that nobody can read.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from handed_in import zipped
from simulated import KINDS, Aligned, blank, shortened

_FORMS = 8
BROKEN = ("[answers\nE = ", "{", "PK\x03\x04 no archive", "", "\ud83d".encode("utf-8", "replace"))
CODE = """import numpy as np


def relu_forward(x):
    return np.maximum({least}, x), x
"""


def write_class(folder: Path, count: int, kind: str = "dense", code: bool = False) -> Path:
    """Write `submissions/` and `exam.toml` into a folder; the path of the exam is returned."""
    paper = blank(kind, 5)
    exam = folder / "exam.toml"
    exam.parent.mkdir(parents=True, exist_ok=True)
    exam.write_text(_exam(paper, code), encoding="utf-8")
    home = folder / "submissions"
    form = io.StringIO()
    rows = csv.writer(form)
    rows.writerow(["who", *KINDS[kind].lines])
    for number in range(count):
        who, written = f"student-{number:05}", _written(paper, number)
        if number % _FORMS == 0:
            rows.writerow([who, *(_text(written.get(n)) for n in KINDS[kind].lines)])
        elif number % 97 == 5:
            _write(home / f"{who}.toml", BROKEN[number % len(BROKEN)])
        else:
            _FORMS_OF[number % _FORMS](home, who, written)
        if code and number % 3 == 0:
            _write(home / who / "code.py", CODE.format(least=number % 2))
    _write(home / "form.csv", form.getvalue())
    return exam


def _exam(paper: Aligned, code: bool) -> str:
    of = KINDS[paper.kind]
    lines = ['title = "A simulated class"', f"network = {json.dumps(of.network)}"]
    if of.rate is not None:
        lines += [f"rate = {of.rate}", "updates = 1"]
    lines += [] if code else [f"asked = {json.dumps(list(of.lines))}"]
    lines += ["", "[options]", *(f"{k} = {json.dumps(v)}" for k, v in of.options.items())]
    lines += ["", "[given]"]
    for name, value in paper.givens.items():
        lines.append(f"{json.dumps(name)} = {_list(shortened(value, 5, 'half-up'))}")
    if code:
        asked = json.dumps(list(of.lines))
        lines += ["", "[[question]]", 'id = "1"', 'kind = "numbers"', f"asked = {asked}"]
        lines += ["", "[[question]]", 'id = "2"', 'kind = "code"', 'convention = "cs231n"']
        lines += ['function = "relu_forward"', "marks = 2"]
    return "\n".join(lines) + "\n"


def _written(paper: Aligned, number: int) -> dict[str, np.ndarray]:
    """What one student wrote: by habits and with slips that come from the number."""
    random = np.random.default_rng([number, 77])
    slips = KINDS[paper.kind].slips
    many = (0, 0, 0, 1, 1, 1, 1, 2)[number % 7]
    chosen = [slips[random.integers(len(slips))] for _ in range(many)]
    own = Aligned(
        paper.kind, number, paper.givens, paper.rule, 4, bool(random.integers(2)), tuple(chosen)
    )
    written = own.written_with(*chosen)
    if number % 11 == 3:
        written = {n: v for n, v in written.items() if random.random() < 0.7}
    if number % 29 == 4:
        written = {
            n: np.vectorize(lambda v: f"{random.normal():.3f}")(v) for n, v in written.items()
        }
    return written


def _list(texts: np.ndarray) -> str:
    return "[" + ", ".join(map(_list, texts)) + "]" if np.ndim(texts) else str(texts)


def _text(texts: np.ndarray | None) -> str:
    return "" if texts is None else _list(np.asarray(texts))


def _toml(written: dict[str, np.ndarray]) -> str:
    return "[answers]\n" + "".join(f"{json.dumps(n)} = {_text(v)}\n" for n, v in written.items())


def _json(written: dict[str, np.ndarray]) -> str:
    return "{" + ", ".join(f"{json.dumps(n)}: {_text(v)}" for n, v in written.items()) + "}"


def _pairs(written: dict[str, np.ndarray]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(
        [("quantity", "value"), *((n, _text(v)) for n, v in written.items())]
    )
    return text.getvalue()


_FORMS_OF: dict[int, Callable[[Path, str, dict[str, np.ndarray]], None]] = {
    1: lambda home, who, w: _write(home / f"{who}.toml", _toml(w)),
    2: lambda home, who, w: _write(home / f"{who}.json", _json(w)),
    3: lambda home, who, w: _write(home / f"{who}.csv", _pairs(w)),
    4: lambda home, who, w: _write(home / who / "answers.toml", _toml(w)),
    5: lambda home, who, w: _write(home / f"{who}.zip", zipped({"hw/mine.toml": _toml(w)})),
    6: lambda home, who, w: _write(home / who / "deep/mine.json", _json(w)),
    7: lambda home, who, w: _write(home / f"{who} (1).toml", _toml(w)),
}


def _write(path: Path, data: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)


if __name__ == "__main__":
    write_class(Path(sys.argv[1]), int(sys.argv[2]), code="--code" in sys.argv)
