"""Formulas that people typed: tokens, grammars and vocabulary of a parser of our own."""

from deltarule.formulas.parser import parse_formula
from deltarule.formulas.vocabulary import Vocabulary

__all__ = ["Vocabulary", "parse_formula"]
