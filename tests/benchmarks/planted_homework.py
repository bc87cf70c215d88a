"""Every mistake planted in the homework of three courses: is it caught, and is it named?

    python tests/benchmarks/planted_homework.py RECORDS [--only TEXT] [--part 0/2]
    python tests/benchmarks/planted_homework.py RECORDS --summary

RECORDS is a file of JSON lines, one for each mistake with what was said of it and the seconds of
the processor that it took; what stands there already is not run again, so that a run that was
stopped goes on. `--only` keeps the mistakes that have the text in their name, `--part` every so
many, for several processes with files of their own. The summary is by course, and by row of the
list of students' mistakes; it names what passed and what is not named as its row asks for.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import process_time

for folder in ("support", "submissions"):
    sys.path.insert(0, str(Path(__file__).parents[1] / folder))

import homework  # noqa: E402
from test_homework import checked, said  # noqa: E402

from deltarule.sandbox import Sandbox  # noqa: E402
from deltarule.submissions import SubmissionReport  # noqa: E402

NAMED, OTHERWISE, PASSED, CAUGHT = "named", "not named", "passed", "caught"


def key(one: homework.Planted) -> str:
    """Which mistake it is, from one run to the next."""
    return f"{one} [{one.row}]"


def everything() -> Iterator[homework.Planted]:
    """The mistakes of all courses, those of the pairs last."""
    for course in homework.COURSES:
        yield from homework.planted(course)
    yield from homework.pairs()


def result(one: homework.Planted, words: str) -> str:
    """What became of it; one that no list asks for has to be caught, not named."""
    if not words:
        return PASSED
    if re.search(one.words, words, re.IGNORECASE):
        return NAMED
    return OTHERWISE if one.listed else CAUGHT


def causes(report: SubmissionReport) -> list[str]:
    """The causes that are named, with the line of the code where one is told."""
    return [
        f"{f.name}: {c.words}" + (f" (line {c.line})" if c.line else "")
        for f in report.functions
        for c in f.causes
    ]


def recorded(path: Path) -> list[dict]:
    """The records of the runs before."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def run(some: Iterable[homework.Planted], path: Path) -> None:
    """Check what is not recorded yet, a line for each as soon as it is known."""
    known = {r["key"] for r in recorded(path)}
    with Sandbox(unsafe=True) as sandbox, path.open("a", encoding="utf-8") as records:
        for one in some:
            if key(one) in known:
                continue
            began = process_time()
            try:
                report = checked(sandbox, one)
                words, named = said(report), causes(report)
                how = result(one, words)
            except Exception as error:
                words, named, how = f"{type(error).__name__}: {error}", [], "error"
            line = {"key": key(one), "course": one.course, "row": one.row, "listed": one.listed}
            line |= {"how": how, "seconds": round(process_time() - began, 2)}
            line |= {"asked": one.words, "said": words, "causes": named}
            records.write(json.dumps(line, ensure_ascii=False) + "\n")
            records.flush()


def _counts(name: str, some: list[dict]) -> str:
    listed = [r for r in some if r["listed"]]
    how = Counter(r["how"] for r in some)
    named = sum(r["how"] == NAMED for r in listed)
    told = sum(bool(r["causes"]) for r in some)
    counts = f"{len(some)} | {how[PASSED]} | {how['error']} | {told} | {named} of {len(listed)}"
    return f"| {name} | {counts} |"


def summary(records: list[dict]) -> str:
    """Tables by course and by row, then what passed or has another name, with what was said."""
    head = "| {} | planted | passed | errors | with a cause | listed named |"
    head += "\n| --- | --- | --- | --- | --- | --- |"
    lines = [head.format("course")]
    for name in sorted({r["course"] for r in records}):
        lines.append(_counts(name, [r for r in records if r["course"] == name]))
    lines += [_counts("all", records), "", head.format("row")]
    for row in sorted({r["row"] for r in records}, key=lambda r: (not r.isdigit(), r.zfill(4))):
        lines.append(_counts(row, [r for r in records if r["row"] == row]))
    lines.append("")
    for one in records:
        if one["how"] not in (NAMED, CAUGHT) and (one["listed"] or one["how"] != OTHERWISE):
            lines.append(f"{one['how']}: {one['key']}\n    asked: {one['asked']}")
            lines.append(f"    said: {one['said']}")
    seconds = sorted(r["seconds"] for r in records)
    if seconds:
        half, most = seconds[len(seconds) // 2], seconds[-1]
        lines.append(f"\nprocessor, this process: {half:.2f} s half of them, {most:.2f} s at most")
    return "\n".join(lines)


def main() -> None:
    """Run what is missing and sum up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--part", default="0/1")
    parser.add_argument("--summary", action="store_true")
    options = parser.parse_args()
    if not options.summary:
        first, every = map(int, options.part.split("/"))
        some = [one for one in everything() if options.only in key(one)]
        run(some[first::every], options.records)
    print(summary(recorded(options.records)))


if __name__ == "__main__":
    main()
