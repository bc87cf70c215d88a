r"""A matrix times vectors that are put together, by the part of the matrix that each of them meets.

W [h; x], W concat(h, x), W [h, x]         W_h h + W_x x
aᵀ [W h_i ‖ W h_j]                         a1ᵀ (W h_i) + a2ᵀ (W h_j)
W \begin{bmatrix} h \\ x \end{bmatrix}     W_h h + W_x x

The gradient of W is that of its parts, side by side.
"""

from __future__ import annotations

import re

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.typed.lecture_notation.nesting import closed, split_at

_ENVIRONMENT = re.compile(
    r"\\begin\{([bp]?matrix)\}((?:(?!\\(?:begin|end)\{|&).)*)\\end\{\1\}", re.DOTALL
)
_TURNED = r"\s*(?:ᵀ|⊤|\^\{?\s*\\?(?:T|top|⊤)\}?)"
_BEFORE = re.compile(
    rf"(?<![\w\\])(?:([A-Z])(?:_(?:\{{(\w{{1,3}})\}}|(\w)))?|([a-z])({_TURNED}))\s*(?:·|\*|@|\\cdot)?\s*"
    r"(?:\\left\s*)?(?=\[|(?:(?:np|torch|jnp|tf)\.)?(?:concat|concatenate|cat|hstack|vstack)\s*\()"
)
_CALL = re.compile(r"(?:(?:np|torch|jnp|tf)\.)?(?:concat|concatenate|cat|hstack|vstack)\s*\(\s*")
_DEFINED = re.compile(
    r"(?:^|[;\n])\s*([^\W\d_](?:_\w|_\{\w\})?)\s*=\s*"
    r"(\[[^\[\]=\n]*[;‖,][^\[\]=\n]*\]|(?:concat|concatenate|cat)\s*\([^()=\n]*\))\s*(?=[;\n]|$)"
)
#: Letters of vectors, of which W[h, x] puts two together; W[n, d] is an entry.
_VECTORS = frozenset("hxzsuvyae")
_PLAIN = re.compile(r"\s*([^\W\d_])(?:_\w+|\d|[₀-₉])?['′]?\s*")


#: What is said of such a text.
STACKED = (
    "A matrix times vectors that are put together, W [h; x], is read as W_h h + W_x x: its "
    "gradient is that of both, side by side."
)


def with_stacks_apart(text: str) -> str:
    """A text in which every such product is a sum of products."""
    text = _ENVIRONMENT.sub(lambda m: "[" + m[2].replace("\\\\", "; ") + "]", text)
    at = 0
    while match := _BEFORE.search(text, at):
        at = match.end()
        end, parts = _parts(text, match.end(), bool(match[1]))
        if len(parts) < 2:
            continue
        whole = _products(match, parts)
        text = f"{text[: match.start()]}{whole}{text[end:]}"
        at = match.start() + len(whole)
    left = re.search(_CALL.pattern.removesuffix(r"\s*"), text) or re.search(
        r"\[[^\[\]]*;[^\[\]]*\]", text
    )
    if left:
        whole = text[left.start() : closed(text, left.end() - 1) or left.end()]
        whole = left[0] if left[0][:1] == "[" else whole
        raise DeltaruleError(
            f"{shortened(whole.strip())} puts vectors together, and stands in no product",
            f"the formula {shortened(' '.join(text.split()))}",
            "write the product of a matrix that reads it, y = W [a; b]; of whole feature maps, "
            "see `derive concatenation`",
        )
    return text


def with_stacks_put_in(text: str) -> str:
    """z = [a; b]; y = W z as y = W [a; b]."""
    for match in reversed(list(_DEFINED.finditer(text))):
        rest = f"{text[: match.start()]}{text[match.end() :]}"
        used = rf"(?<=[\w⁾)])\s*[·*@]?\s*{re.escape(match[1])}(?![\w\[(])"
        put_in = re.sub(rf"(?<!\w)([A-Z]\w*){used}", lambda m, own=match: f"{m[1]} {own[2]}", rest)
        if put_in != rest and not re.search(rf"(?<!\w){re.escape(match[1])}(?!\w)", put_in):
            text = put_in.strip(" ;\n")
    return text


def _parts(text: str, start: int, of_matrix: bool) -> tuple[int, list[str]]:
    """What is put together from a place on, and where it ends; no parts for an entry."""
    call = _CALL.match(text, start)
    opening = call.end() - 1 if call else start
    if call:
        opening = call.start() + text[call.start() : call.end()].rindex("(")
    end = closed(text, opening)
    inside = re.sub(r"\\right\s*$", "", text[opening + 1 : end - 1]).strip() if end else ""
    if call:
        inside = re.sub(r",\s*(?:axis|dim)\s*=\s*-?\d\s*$", "", inside)
        if inside[:1] in ("[", "(") and closed(inside, 0) == len(inside):
            inside = inside[1:-1]
        return end, split_at(inside, ",")
    parts = split_at(inside, ";‖∥|") if re.search(r"[;‖∥]|\|\|", inside) else []
    if parts or not of_matrix:
        return end, [p for p in parts if p.strip()]
    pair = split_at(inside, ",")
    plain = [_PLAIN.fullmatch(p) for p in pair]
    vectors = len(pair) > 1 and all(m is not None and m[1] in _VECTORS for m in plain)
    if vectors and {m[1] for m in plain if m} & {"h", "x"}:
        used = re.findall(r"[Σ∑]_\{?\s*([a-z])|\[\s*([a-z])\s*\]", text)
        indices = {a or b for a, b in used}
        if not {m[1] for m in plain if m} & indices:
            return end, pair
    return end, []


def _products(match: re.Match[str], parts: list[str]) -> str:
    stem, turned = match[1] or match[4], match[5] or ""
    label = match[2] or match[3] or ""
    plain = [re.sub(r"_\{[^{}]*\}|_\w+", " ", part) for part in parts]
    letters = [re.findall(r"(?<!\w)([^\W\d_])", part)[-1:] for part in plain]
    named = [found[0] if found else "" for found in letters]
    apart = all(named) and len(set(named)) == len(named) and not turned
    products = []
    for k, (letter, part) in enumerate(zip(named, parts, strict=True), 1):
        name = f"{stem}_{label}{letter}" if apart else f"{stem}{'_' * bool(label)}{label}{k}"
        inside = part.strip() if _PLAIN.fullmatch(part) else f"({part.strip()})"
        products.append(f"{name}{turned.strip()} {inside}")
    return f"({' + '.join(products)})"
