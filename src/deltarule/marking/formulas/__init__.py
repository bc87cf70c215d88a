"""Formulas that people typed: read by a parser of our own, compared by their values."""

from deltarule.marking.formulas.judge import judge_formula
from deltarule.marking.formulas.parser import parse_formula

__all__ = ["judge_formula", "parse_formula"]
