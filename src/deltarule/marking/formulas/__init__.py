"""Formulas that people typed: read by a parser of our own, compared by their values."""

from deltarule.marking.formulas.judging import Grounds, judge_formula
from deltarule.marking.formulas.parser import parse_formula
from deltarule.marking.formulas.vocabulary import Vocabulary

__all__ = ["Grounds", "Vocabulary", "judge_formula", "parse_formula"]
