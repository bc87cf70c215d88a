"""A text without the spellings of papers, programs and cases; ends of sums are found in it."""

from __future__ import annotations

from deltarule.marking.typed.brackets_with_size import in_plain_brackets
from deltarule.marking.typed.cases import with_cases
from deltarule.marking.typed.equations_at_commas import with_commas_parted
from deltarule.marking.typed.printed_texts import as_read
from deltarule.marking.typed.program_words import in_words_of_equations


def in_own_spelling(text: str) -> str:
    """The text in that spelling."""
    text = as_read(in_plain_brackets(with_commas_parted(text)))
    return with_cases(in_words_of_equations(text))
