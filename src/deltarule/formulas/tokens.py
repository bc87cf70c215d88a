"""Tokens of a formula that a person typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError

_NAME = r"[^\W\d](?:(?![⁰¹²³⁴-⁹ᵀ]|_\{)[\w\u0300-\u036f])*"
#: Subscripts of an entry, as in ∂p[n, k]/∂z[n, c] and ∂p_{nk}/∂z_{nc}.
_SUBSCRIPTS = r"(?:\s*\[[^\[\]/]*\]|_\{[^{}/]*\})"
#: What programs call their libraries of arrays.
_LIBRARY = (
    r"(?:np|numpy|jnp|jax|xp|cp|torch|tf|nn|functional|math|scipy|special|linalg|signal|random"
    # Keras's backend, but for the transpose and the methods of an array K.
    r"|K(?!\.(?:m?T\b|t\(\)|(?:dot|matmul)\([^(),]*\)|(?:shape|transpose|reshape|trace|diagonal|copy"
    r"|flatten|ravel)\b|(?:sum|mean|max|min|std|var|prod)\(\s*(?:\)|-?\d|axis|dim|keepdims))))"
)
_OF_LAYERS = (
    r"F\.(?=(?:log_?|hard_?|soft_?)?(?:softmax|sigmoid|tanh|swish|shrink|plus|sign)\b|relu6?\b|"
    r"[a-z]*elu\b|silu|mish|leaky_relu|threshold|\w+_loss\b|\w*cross_entropy|normalize|\w+_norm\b|"
    r"dropout|linear|conv\w+|\w+_pool\w+|one_hot|tanhshrink)"
)
_PATTERN = re.compile(
    rf"""
    (?P<blank>\s+)
  | (?P<superscript>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)
  | (?P<letters>(?<=einsum\()\s*(?:'[^']*'|"[^"]*"))
  | (?P<transposed>ᵀ|\^(?:\{{[T⊤]\}}|[T⊤](?!\w))|⊤|\.m?T(?!\w)|(?<=[)\]\w])['’](?!['’(\w]))
  | (?P<entries>[d∂]{_NAME}{_SUBSCRIPTS}\s*/\s*[d∂]{_NAME}(?:{_SUBSCRIPTS})?)
  | (?P<derivative>[d∂]{_NAME}\s*/\s*[d∂]{_NAME})
  | (?P<number>(?:\d+(?:[.,]\d+)?|(?<![\w)\]])\.\d+)(?:[eE][-+]?\d+)?
              (?:(?<=\d)\.(?![\d.*/^\w]))?|½|¼)
  | (?P<library>(?:{_LIBRARY}\.)+(?=[A-Za-z])|{_OF_LAYERS})
  | (?P<slice>(?<=[\w)\]ᵀ⊤])\[(?=[^\[\]]*(?::|None|newaxis)|[\s,.:\d-]*\.\.\.[\s,.:\d-]*\])
                [^\[\]=<>≤≥]*\])
  | (?P<extents>\.shape(?!\s*\[|\w))
  | (?P<shape>\.shape\s*\[\s*-?\d\s*\])
  | (?P<method>\.[A-Za-z_]\w*(?=\s*\())
  | (?P<reduction>(?:Σ|∑|sum)_?(?=[\[{{\w])|mean_(?=[{{])|(?:Π|∏|prod|max|min)_(?=[{{\w]))
  | (?P<primed>{_NAME}(?:['′’])+)
  | (?P<root>√)
  | (?P<below>_(?=\{{))
  | (?P<name>{_NAME})
  | (?P<sign>\.\*\*|\.[*/^]|\*\*|<=|>=|!=|==|\.\.\.
           |[-+−–*·⋅∙•×∗@⊙∘⊗÷/^(){{}}\[\],=≠<>≤≥|‖∥…⌊⌋⌈⌉∞!])
    """,
    re.VERBOSE,
)
_SAME = {
    "−": "-", "–": "-", "·": "*", "×": "*", "**": "^", "<=": "≤", ">=": "≥", "!=": "≠",
    "==": "=", "...": "…", "⋅": "*", "∙": "*", "•": "*", "∗": "*", "∘": "⊙", "÷": "/",
    "∥": "‖", ".*": "⊙", "./": "/", ".^": "^", ".**": "^",
}  # fmt: skip


_REMEDY = "use names, numbers, + − · / ^, parentheses, Σ_m and functions such as σ(s)"
_REMEDIES = {
    "…": "write out what … stands for",
    ":": "a slice stands behind an array, as in h[1:]; ranges of sums are n=1…N",
    "\\": "of LaTeX the usual commands are read, as \\frac{a}{b} and \\sum_n; or write (a)/(b)",
    "'": "quotes are read of einsum alone, as in einsum('nd,nm->dm', x, dy)",
    ".": "write w·x for a product, 0.5 for a number, x.T, or np.sum(x, axis=0)",
}
OPENING, CLOSING = ("(", "[", "{"), (")", "]", "}")
_COMPARING = ("=", "≠", "<", ">", "≤", "≥", "|", ",", "and", "or", "not")


@dataclass(frozen=True)
class Token:
    """A piece of a formula: its kind, its text, and where it begins (from 0)."""

    kind: str
    text: str
    start: int


def tokens(formula: str, place: str) -> list[Token]:
    """The tokens of a formula. Raises DeltaruleError for a character that has no meaning."""
    found, position = _read(formula)
    if position < len(formula):
        raise DeltaruleError(
            f"{formula[position]!r} has no meaning in a formula",
            f"{place}, character {position + 1} of {shortened(formula)!r}",
            _REMEDIES.get(formula[position], _REMEDY),
        )
    return [*found]


@lru_cache(maxsize=1 << 12)  # every question about an equation looks at its tokens
def _read(formula: str) -> tuple[tuple[Token, ...], int]:
    """The tokens, and where they end: at the first character that has no meaning."""
    found: list[Token] = []
    position = 0
    while match := _PATTERN.match(formula, position):
        kind = match.lastgroup or ""
        if kind == "name" and found and found[-1].kind == "library":
            found[-1] = Token("call", match.group(), position)
        elif kind != "blank":
            text = match.group()
            if kind == "primed":
                text = text.replace("'", "′").replace("’", "′")
            found.append(Token(kind, _SAME.get(text, text), position))
        position = match.end()
    return tuple(found), position


def grouped(found: list[Token]) -> list[Token]:
    """The tokens with ( ) for brackets [ ] and { } that stand for parentheses.

    They do where they are neither subscripts nor what a sum is over, and compare nothing.
    """
    result = list(found)
    stack: list[tuple[int, bool]] = []  # where a bracket opened, and whether it may be one
    for k, token in enumerate(found):
        before = found[k - 1] if k else None
        if token.text in OPENING:
            over = before is not None and before.kind in ("reduction", "below")
            stack.append((k, token.text != "(" and not over and not subscript_at(found, k)))
        elif token.text in CLOSING and stack:
            start, free = stack.pop()
            if free and OPENING.index(found[start].text) == CLOSING.index(token.text):
                result[start] = Token("sign", "(", found[start].start)
                result[k] = Token("sign", ")", token.start)
        elif stack and (token.text in _COMPARING or token.text == "first"):
            stack[-1] = (stack[-1][0], False)
    return result


def deeper(sign: str) -> int:
    """1 for a bracket that opens, −1 for one that closes, 0 for anything else."""
    return (sign in OPENING) - (sign in CLOSING)


def subscript_at(found: list[Token], k: int) -> bool:
    """Whether the k-th token is a bracket [ that begins subscripts."""
    if not k or found[k].text != "[" or _of_sum(found, k - 1):
        return False
    before = found[k - 1]
    return before.kind not in ("sign", "number", "superscript") or before.text in (")", "]")


def _of_sum(found: list[Token], k: int) -> bool:
    """Whether a token is what a sum is over, as m is in Σ_m."""
    return k > 0 and found[k].kind == "name" and found[k - 1].kind == "reduction"
