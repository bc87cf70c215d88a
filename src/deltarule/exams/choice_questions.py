"""Single choice: the key that was chosen, however typed, and its mark."""

from __future__ import annotations

from fractions import Fraction

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.exams.exam import ChoiceTask, Question
from deltarule.exams.exam_marking import QuestionMark
from deltarule.exams.question_text import question_text
from deltarule.marking import verdicts
from deltarule.marking.sheet_files.sheets import Run


def mark_choice(question: Question, task: ChoiceTask, typed: str, run: Run | None) -> QuestionMark:
    """The mark of a choice; an empty text is none."""
    verdict, finding, causes = verdicts.MISSING, "nothing is written", ()
    if typed.strip():
        chosen = chosen_key(task, typed)
        if chosen is None:
            verdict = verdicts.UNREADABLE
            finding = f"one of {', '.join(task.choices)} is wanted"
        elif chosen == task.right:
            verdict, finding = verdicts.RIGHT, task.explanation
        else:
            verdict, causes = verdicts.WRONG, (f"chose {chosen}",)
            finding = task.because.get(chosen, "")
    right = verdict == verdicts.RIGHT
    return QuestionMark(
        question.id,
        question.kind,
        "",
        verdict,
        question.marks if right else Fraction(0),
        question.marks,
        Fraction(0),
        _put_in(finding, run),
        causes,
        _right(task, run),
        shortened(typed.strip()),
    )


def _right(task: ChoiceTask, run: Run | None) -> str:
    """The right choice and why, which is said with it: by itself it would give the choice away."""
    words = f"{task.right}: {_put_in(task.choices[task.right], run)}"
    why = _put_in(task.explanation, run)
    return f"{words} ({why.rstrip('.')})" if why else words


def _put_in(text: str, run: Run | None) -> str:
    try:
        return question_text(text, run)
    except DeltaruleError:
        return text


def chosen_key(task: ChoiceTask, typed: str) -> str | None:
    """The key that is meant by `b`, `B)`, `(b)`, `b.`, or by a choice's own words."""
    plain = typed.strip().strip("()[].:").strip().lower()
    for key, text in task.choices.items():
        if plain == key.lower() or typed.strip().lower() == text.strip().lower():
            return key
    begun = plain.partition(" ")[0].rstrip(").:")
    rest = plain[len(begun) :].strip("). :")
    for key, text in task.choices.items():
        if begun == key.lower() and text.strip().lower().startswith(rest[:20]):
            return key
    return None
