"""Formulas as answers: compared with the right ones by their values."""

from deltarule.marking.formula_answers.judging import Grounds, judge_formula

__all__ = ["Grounds", "judge_formula"]
