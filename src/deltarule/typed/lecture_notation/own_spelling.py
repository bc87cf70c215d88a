"""A text without the spellings of papers, programs and cases; ends of sums are found in it."""

from __future__ import annotations

from deltarule.typed.lecture_notation.brackets_with_size import in_plain_brackets
from deltarule.typed.lecture_notation.cases import with_cases
from deltarule.typed.lecture_notation.equations_at_commas import with_commas_parted
from deltarule.typed.lecture_notation.printed_texts import as_read
from deltarule.typed.lecture_notation.program_words import in_words_of_equations


def in_own_spelling(text: str) -> str:
    """The text in that spelling."""
    text = as_read(in_plain_brackets(with_commas_parted(text)))
    return with_cases(in_words_of_equations(text))
