"""Functions' words without parentheses: log p, sin 2x, tanh²(s), sin² x, log σ(s) A, sin x cos x.

A word is of the one name, call or number times names behind it. What is multiplied with it next
belongs to it in some books and not in others, sin θ x and log p q, and is refused; but not behind
a call or an entry at a label, before another function's word, or a sum in parentheses behind an
entry, as in REINFORCE's log π[t, a[t]] (R[t] − V[t]).
"""

from __future__ import annotations

import re

from sympy import Expr, Integer

from deltarule.errors import DeltaruleError
from deltarule.expressions.functions import log
from deltarule.formulas.gammas import OF_GAMMAS, factorial, logarithm
from deltarule.formulas.spelled import ALIASES, SPELLED
from deltarule.formulas.tokens import OPENING, Token, deeper
from deltarule.formulas.whole_arrays import WholeArrays

#: What a function's word may stand before without parentheses.
_NAMED = ("name", "derivative", "reduction", "primed")
#: Functions whose words stand before a power without parentheses.
_OF_POWERS = ("log", "ln", "exp")
#: A probability at a label: π[t, a[t]], π[action, state].
_AT_LABEL = re.compile(r"\[[^\[\]]*\[|[\[,]\s*(?:action|state|label|target|y)\s*[\],]")
POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


class BareWords(WholeArrays):
    """The grammar of functions whose words have no parentheses behind them."""

    def _power_of_function(self, token: Token) -> Expr | None:
        """tanh²(s) is tanh(s)², and sin² x is sin(x)²."""
        rest = self.rest[:3]
        if self._raised_sign() and self._is_of(rest[1:2]):
            power = self.pop().text.translate(POWERS)
        elif [t.text for t in rest[:1]] == ["^"]:
            braced = [t.text for t in self.rest[1:4:2]] == ["(", ")"]
            number, behind = (self.rest[2:3], 4) if braced else (rest[1:2], 2)
            if not self._is_of(self.rest[behind:]) or number[0].kind != "number":
                return None
            power = number[0].text
            del self.rest[:behind]
        else:
            return None
        if not power.isdecimal():
            raise self.error(
                f"{token.text} to the power {power} can be read in two ways",
                f"write ({token.text}(s))^({power})",
            )
        applied = self._called(token)
        if applied is None:
            raise self.error(f"{token.text} is no function here", "check its spelling")
        return self._to_power(applied, Integer(int(power)))

    def _is_of(self, ahead: list[Token]) -> bool:
        """Whether what a function is of stands there, behind its power."""
        return bool(ahead) and (ahead[0].text == "(" or ahead[0].kind in _NAMED)

    def _of_what_follows(self, token: Token) -> Expr | None:
        """log p and tanh s₁: a function's word before one name, without parentheses."""
        text, ahead = ALIASES.get(token.text, token.text), self.rest[:1]
        gamma = ahead and ahead[0].text in OF_GAMMAS and [t.text for t in self.rest[1:2]] == ["("]
        if text in ("log", "ln") and gamma:
            self.pop()
            return self._applied(logarithm, [self._of_gammas(ahead[0])])
        if len(text) < 2 or text == "sigma" or not ahead:
            return None
        if ahead[0].kind == "number" and self._is_of(self.rest[1:2]):
            return self._applied(self._function(token), [self._multiple()])
        if ahead[0].kind not in _NAMED and ahead[0].text != "|":
            return None
        inner = self._atom()
        if self.next() == "!":
            self.pop()
            inner = self._applied(factorial, [inner])  # log y! is that of the factorial
        squared = self.in_layer and [t.text for t in self.rest[:1]] == ["^"]
        if text in _OF_POWERS and (self._raised_sign() or squared):
            inner = self._powers(inner)  # log σ² is that of the variance
        behind = self.rest[0] if self.rest else None
        if behind is not None and not self._is_ended(ahead[0], behind):
            raise self._unclear(text, ahead[0], behind)
        return self._applied(self._function(token), [inner])

    def _multiple(self) -> Expr:
        """2x of sin 2x, and 2πσ² of log 2πσ²: a number, and the names that stand beside it."""
        inner = [self._atom()]
        while self.rest and (self.rest[0].kind in ("name", "primed")) and not self._is_word(0):
            inner.append(self._power())
        return self._multiplied(inner)

    def _function(self, token: Token):
        text, declared = (
            ALIASES.get(token.text, token.text),
            self.vocabulary.own_function(token.text),
        )
        function = declared or SPELLED.get(text) or self.vocabulary.function(text)
        return logarithm if function is log else function

    def _is_word(self, k: int) -> bool:
        """Whether a token is the word of a function."""
        token = self.rest[k]
        text = ALIASES.get(token.text, token.text)
        known = text in SPELLED or self.vocabulary.function(text) is not None
        return token.kind == "name" and len(text) > 1 and text != "sigma" and known

    def _is_ended(self, ahead: Token, behind: Token) -> bool:
        """Whether what a word is of ends before a token, for every reader."""
        if behind.text in ("^", "/") or behind.kind == "superscript":
            return False
        inner = self.formula[ahead.start : behind.start].rstrip()
        if not self._begins_factor(behind) or inner.endswith(")") or self._is_word(0):
            return True
        if not inner.endswith("]"):
            return False
        return bool(_AT_LABEL.search(inner)) or (behind.text == "(" and self._adds())

    def _adds(self) -> bool:
        """Whether a sum stands in the parentheses that open here."""
        depth = 0
        for k, token in enumerate(self.rest):
            depth += deeper(token.text)
            if k > 1 and depth == 1 and token.text in ("+", "-"):
                return True
            if not depth:
                return False
        return False

    def _unclear(self, text: str, ahead: Token, behind: Token) -> DeltaruleError:
        """What is said where a word may be of more than what stands right behind it."""
        inner = self.formula[ahead.start : behind.start].strip()
        fact = f"it is not clear what {text} is of"
        if not self._begins_factor(behind):
            sign = "" if behind.kind == "superscript" else behind.text
            end = self._end_of_factor(1 if sign else 0)
            more = sign + self.formula[behind.start + len(sign) : end].strip()
            return self.error(fact, f"write {text}({inner}){more} or {text}({inner}{more})")
        more = self.formula[behind.start : self._end_of_factor(0)].strip()
        return self.error(fact, f"write {text}({inner})·{more} or {text}({inner}·{more})")

    def _end_of_factor(self, k: int) -> int:
        """Where the factor that begins at a token ends, with brackets behind it, in the formula."""
        depth = 0
        for at in range(k, len(self.rest)):
            token = self.rest[at]
            opens = token.text in OPENING or token.kind == "below"
            if at > k and not depth and not opens:
                return token.start
            depth += deeper(token.text)
            if depth < 0:
                return token.start
        return len(self.formula)

    def _raised_sign(self) -> bool:
        return bool(self.rest) and self.rest[0].kind == "superscript"

    def _of_gammas(self, token: Token) -> Expr:
        raise NotImplementedError

    def _called(self, token: Token) -> Expr | None:
        raise NotImplementedError

    def _atom(self) -> Expr:
        raise NotImplementedError

    def _power(self) -> Expr:
        raise NotImplementedError

    def _begins_factor(self, token: Token) -> bool:
        raise NotImplementedError
