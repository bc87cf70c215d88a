"""The page on which an exam is answered: givens, questions with fields, verdicts beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deltarule.classes.feedback.feedback_html import SIGN_CLASSES
from deltarule.classes.feedback.student_feedback import FeedbackPart, earned_text, feedback_of
from deltarule.classes.marked_questions import shown_name
from deltarule.classes.revealing import VERDICTS
from deltarule.classes.verdict_words import plain_words, sign
from deltarule.exams.exam import CHOICE, CODE, FORMULA, NUMBERS
from deltarule.exams.exam_marking import ExamMarking, QuestionMark
from deltarule.marking.points import parts_in_words
from deltarule.marking.verdicts import MISSING, UNREADABLE
from deltarule.pages.blocks_html import inline_name
from deltarule.pages.html_page import quoted_html, text_html
from deltarule.serving.help_ladder import HINT, rungs
from deltarule.serving.kept_attempts import Attempt
from deltarule.serving.newer_answers import SHOWN
from deltarule.serving.served_page import Visit
from deltarule.serving.typed_fields import field_name
from deltarule.spelling.names import pretty

Layout = Mapping[str, Any]


@dataclass(frozen=True)
class Sitting:
    """One person at an exam: its addresses, what they sent last, the help that they were shown, by
    the place of the mark, and what stood in the fields when they asked for it, where that differs.
    """

    visit: Visit
    address: str
    help_address: str
    read_address: str
    reveal: str
    attempt: Attempt | None = None
    help: Mapping[int, Sequence[Sequence[str]]] = field(default_factory=dict)
    draft: Mapping[str, str] | None = None
    sandbox: bool = False

    def typed(self, name: str) -> str:
        """What stands in a field."""
        if self.draft is not None:
            return self.draft.get(name, "")
        return self.attempt.typed.get(name, "") if self.attempt is not None else ""


def answer_form(layout: Layout, sitting: Sitting) -> Iterator[str]:
    """The body of the page."""
    yield '<a class="skip" href="#answers">To the answers</a>'
    yield quoted_html(layout["title"], "h1")
    if layout["source"]:
        yield f'<p class="soft">{quoted_html(layout["source"])}</p>'
    yield from (f"<p>{quoted_html(s)}</p>" for s in _sentences(layout))
    yield from _givens(layout)
    yield from _outcome(sitting)
    yield f'<form method="post" action="{text_html(sitting.address)}" class="answers" '
    yield f'id="answers" autocomplete="off" data-read="{text_html(sitting.read_address)}">'
    yield sitting.visit.hidden
    number = sitting.attempt.id if sitting.attempt is not None else 0
    yield f'<input type="hidden" name="{SHOWN}" value="{number}">'
    # What the return key does: without it, it would ask for help.
    yield '<button class="hidden" type="submit" tabindex="-1" aria-hidden="true">Mark</button>'
    run = 0
    for k, question in enumerate(layout["questions"]):
        title = layout["runs"][question["run"] - 1]["title"] if layout["runs"] else ""
        if title and question["run"] != run:
            run = question["run"]
            yield f"<h2>{quoted_html(title)}</h2>"
            yield from (f'<p class="given">{text_html(line)}</p>' for line in _lines(layout, run))
        yield from _question(k, question, layout, sitting)
    yield '<p class="send"><button type="submit">Mark my answers</button>'
    yield ' <span class="soft">Leave empty what you have not got.</span></p></form>'


def _sentences(layout: Layout) -> list[str]:
    return [s for s in (layout["instructions"], *layout["sentences"]) if s]


def _lines(layout: Layout, run: int) -> list[str]:
    return layout["runs"][run - 1]["lines"]


def _givens(layout: Layout) -> Iterator[str]:
    if layout["equations"]:
        yield '<details open><summary>Forward</summary><div class="forward">'
        yield from layout["equations"]
        yield "</div></details>"
    if layout["givens"]:
        yield '<details open><summary>Given</summary><div class="givens">'
        yield from layout["givens"]
        yield "</div></details>"
    for said in layout["left_open"]:
        yield f'<p class="open">{quoted_html(f"{said[0].upper()}{said[1:]}.")}</p>'


def _outcome(sitting: Sitting) -> Iterator[str]:
    """How much of the last attempt is right."""
    attempt = sitting.attempt
    if attempt is None:
        return
    if attempt.marking is None:
        why = attempt.refused or "it is not marked yet: send it once more"
        yield f'<section class="bad" role="alert"><p>{quoted_html(why)}</p></section>'
        return
    found = attempt.marking
    earned = earned_text(found.points, found.of, found.open)
    share = int(found.points * 100 / found.of) if found.of else 0
    yield f'<p class="total" id="outcome" role="status">{text_html(earned)}</p>'
    yield f'<progress class="bar" aria-hidden="true" max="100" value="{share}"></progress>'
    if found.notes:
        notes = "".join(f"<li>{quoted_html(note)}</li>" for note in found.notes)
        yield f"<details><summary>Notes</summary><ul>{notes}</ul></details>"


def _question(k: int, question: Layout, layout: Layout, sitting: Sitting) -> Iterator[str]:
    marks = _marks(question, sitting)
    signs = [sign(mark.verdict) for own in marks.values() for _, mark in own]
    kind = _worst([SIGN_CLASSES.get(one, "missing") for one in signs])
    yield f'<section class="{kind}" id="q{k}"><header>'
    name = f"<h2>{quoted_html(shown_name(question['id']))}</h2>"
    points = text_html(f"{question['marks']} point{'' if question['marks'] == '1' else 's'}")
    alone = layout["plain"] and len(question["quantities"]) == 1
    if alone:
        name = f"<h2>{inline_name(question['quantities'][0]['name'])}</h2>"
    yield f'{name}<span class="points">{points}</span></header>'
    if not layout["plain"]:
        yield f'<p class="asked">{quoted_html(question["text"])}</p>'
    yield from _other_fields(k, question, sitting)
    for j, quantity in enumerate(question["quantities"]):
        yield '<div class="part">'
        own = marks.get(quantity["name"], ())
        said = " ".join((_read_at(k, j), *(_said_at(at) for at, _ in own)))
        yield from _fields(k, j, quantity, question, alone, sitting, said)
        for placed in own:
            yield from _verdict(placed, sitting, k)
        yield "</div>"
    for placed in marks.get("", ()):
        yield from _verdict(placed, sitting, k)
    yield "</section>"


def _worst(kinds: list[str]) -> str:
    order = ("bad", "open", "missing", "follows", "good")
    return next((kind for kind in order if kind in kinds), "")


def _marks(question: Layout, sitting: Sitting) -> dict[str, list[tuple[int, QuestionMark]]]:
    """The marks of a question with their places, by the quantity below whose fields they stand;
    those of none below its own name, which is empty.
    """
    found: dict[str, list[tuple[int, QuestionMark]]] = {}
    of = {tuple(pair): q["name"] for q in question["quantities"] for pair in q["marks"]}
    marks = sitting.attempt.marking.marks if sitting.attempt and sitting.attempt.marking else ()
    for at, mark in enumerate(marks):
        name = of.get((mark.question, mark.quantity))
        if name is not None or mark.question == question["id"]:
            found.setdefault(name or "", []).append((at, mark))
    return found


def _part(mark: QuestionMark) -> FeedbackPart:
    """What is said of an answer: the verdict alone, as causes come with help."""
    alone = ExamMarking("", "", (mark,))
    return feedback_of(alone, reveal=VERDICTS).questions[0].parts[0]


def _other_fields(k: int, question: Layout, sitting: Sitting) -> Iterator[str]:
    """The fields of a question that asks for no quantity by name."""
    kind, name = question["kind"], field_name("t", k)
    label = f'aria-label="answer to {text_html(question["id"])}"'
    if kind == CHOICE:
        yield f'<fieldset><legend class="hidden">{text_html(question["id"])}</legend>'
        for key, words in question["choices"]:
            checked = " checked" if sitting.typed(name) == key else ""
            box = f'<input type="radio" name="{name}" value="{text_html(key)}"{checked}>'
            yield f"<label>{box} {quoted_html(key)}: {quoted_html(words)}</label>"
        yield "</fieldset>"
    elif kind == CODE:
        wanted = ", ".join(question["functions"])
        if not sitting.sandbox:
            yield f'<p class="soft">Code ({text_html(wanted)}) is not run here.</p>'
            return
        text = text_html(sitting.typed(field_name("c", k)))
        yield f'<textarea name="{field_name("c", k)}" rows="12" {label}>{text}</textarea>'
    elif kind not in (NUMBERS, FORMULA):
        yield f'<input name="{name}" value="{text_html(sitting.typed(name))}" {label}>'


def _fields(
    k: int,
    j: int,
    quantity: Layout,
    question: Layout,
    alone: bool,
    sitting: Sitting,
    described: str,
) -> Iterator[str]:
    """The fields of a quantity: one for each number, or one for all; and one for a formula. They
    are `described` by elements with these ids.
    """
    name = quantity["name"]
    shown = text_html(pretty(name))
    label = "" if alone else f'<span class="label">{quantity["label"]}</span>'
    by = f'aria-describedby="{described}"'
    data = f'data-run="{question["run"]}" data-quantity="{text_html(name)}" {by}'
    for matrix in quantity["matrices"]:
        at = f"[{','.join(map(str, matrix['at']))}]" if matrix["at"] else ""
        yield f'<div class="numbers">{label}{at}<table class="entry" role="presentation">'
        for row in matrix["rows"]:
            yield "<tr>"
            for index in row:
                own = field_name("n", k, j, tuple(index))
                entry = f"[{','.join(map(str, index))}]" if index else ""
                value = text_html(sitting.typed(own))
                yield (
                    f'<td><input name="{own}" value="{value}" inputmode="text" size="7" '
                    f'aria-label="{shown}{entry}" data-as="number" {data}></td>'
                )
            yield "</tr>"
        yield "</table></div>"
    if quantity["pasted"]:
        own, extents = field_name("p", k, j), " × ".join(map(str, quantity["extents"]))
        text = text_html(sitting.typed(own))
        yield f"<p>{label} {extents} numbers, row by row, as [1 2; 3 4]</p>"
        yield f'<textarea name="{own}" rows="6" aria-label="{shown}" {by}>{text}</textarea>'
    if quantity["formula"]:
        own = field_name("f", k, j)
        value = text_html(sitting.typed(own))
        said = "formula" if quantity["matrices"] or quantity["pasted"] else ""
        hint = ' placeholder="or a formula"' if said else ""
        yield (
            f'<p class="formula">{label if not said else ""}<input name="{own}" value="{value}" '
            f'class="long" aria-label="formula for {shown}" data-as="formula" {data}{hint}></p>'
        )
    yield f'<output class="preview" id="{_read_at(k, j)}" aria-live="polite"></output>'


def _read_at(k: int, j: int) -> str:
    """The id of how an answer is read."""
    return f"read{k}-{j}"


def _said_at(at: int) -> str:
    """The id of a verdict."""
    return f"verdict{at}"


def _verdict(placed: tuple[int, QuestionMark], sitting: Sitting, k: int) -> Iterator[str]:
    """The verdict, the help that was asked for, and the way to more."""
    at, mark = placed
    part = _part(mark)
    kind = SIGN_CLASSES.get(part.sign, "missing")
    said = f'<span class="verdict {kind}">{text_html(part.sign)} {text_html(part.verdict)}</span>'
    given = f" for {quoted_html(mark.given)}" if sitting.draft is not None and mark.given else ""
    yield f'<div class="said"><p id="{_said_at(at)}">{said}{given}</p>'
    if mark.parts:
        said = ((name, plain_words(verdict).partition(":")[0]) for name, verdict in mark.parts)
        words = ", ".join(f"the {name}: {verdict}" for name, verdict in said)
        yield f'<p class="soft">{text_html(words)}</p>'
    if mark.earned and mark.marked is None:
        earned = earned_text(mark.points, mark.of, mark.open)
        yield f'<p class="soft">{text_html(f"{earned}: {parts_in_words(mark.earned)}")}</p>'
    said = mark.finding if mark.right else mark.unreadable
    if said:
        yield f'<p class="soft">{quoted_html(in_page_words(said))}</p>'
    if mark.right or mark.verdict in (MISSING, UNREADABLE):
        yield "</div>"
        return
    shown = sitting.help.get(at, ())
    for name, text in shown:
        yield f"<dl><dt>{text_html(name)}</dt><dd>{quoted_html(text)}</dd></dl>"
    ladder = rungs(mark.kind, sitting.reveal)
    left = len(ladder) - len(shown)
    if left > 0 and sitting.attempt is not None:
        words = f"{'A hint' if ladder[len(shown)] == HINT else 'More help'} ({left} left)"
        yield (
            f'<button class="quiet" type="submit" name="help" value="{sitting.attempt.id}.{at}" '
            f'formaction="{text_html(sitting.help_address)}#q{k}">{words}</button>'
        )
    yield "</div>"


def in_page_words(said: str) -> str:
    """What is said of an answer in a file, as it is said of one on a page."""
    said = re.sub(r" \((?:the page|what is typed)[^)]*\)", "", said)
    return said.replace("put it under [formulas]", "write it into the field for a formula")
