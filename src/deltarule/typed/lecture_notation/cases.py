r"""Values by cases, as lectures write them, as a if … else b, which is read.

y = { x if x > 0; a x otherwise          \begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}
y = {x, x > 0; α x, x ≤ 0}               cases(x > 0: x, 0), piecewise((x, x > 0), (0, True))
y = x if x > 0, 0 otherwise              y = x if x > 0, y = 0 otherwise

Of two cases the second may say the contrary of the first; else the last one holds otherwise.
"""

from __future__ import annotations

import re

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.typed.lecture_notation.nesting import closed, split_at

_WORDS = re.compile(
    r"\\(?:text|textrm|mbox|mathrm|textnormal)\s*\{\s*(,?\s*(?:if|for|when|otherwise|else|where))\s*\}"
)
_ENVIRONMENT = re.compile(
    r"(?:\\left\s*\\\{\s*)?\\begin\{(d?cases|array)\}(?:\{[lcr|@{}\s]*\})?(.*?)\\end\{\1\}"
    r"(?:\s*\\right\s*\.)?",
    re.DOTALL,
)
_BRACE = re.compile(r"(?:(?<=[=+\-−·*(])|(?<=[\w}]\s))\s*(?:\\left\s*)?\\?\{")
_CALL = re.compile(r"(?<![\w.])(cases|piecewise|Piecewise)\s*\(")
_NO_BRACE = re.compile(
    r"(?<==)(?=[^;\n{}]*\botherwise\b)([^;\n={}]*?)\s+if\s+([^;\n{}]*?),?\s*(?:(?:;|,)\s*)?([^;\n,{}]*?)\s+otherwise\b"
)
_SIGNS = r"(?:[^;\n=]|[<>!=]=)*"
_WHEN = rf"(?={_SIGNS}(?<!\w)(?:if|for|when)(?!\w)){_SIGNS}?"
#: One left side with a case of its values, and once more with the others.
_LEFT_AGAIN = re.compile(
    rf"(?P<before>(?:^|[;\n])\s*)(?P<left>[^\W\d][^=;\n]*?)\s*=(?!=)(?P<first>{_WHEN})"
    rf"(?P<others>(?:\s*[,;\n]\s*(?P=left)\s*=(?!=)(?:{_WHEN}|{_SIGNS}\botherwise\b))+)"
    r"(?=\s*(?:$|[;\n]))"
)
_IF = re.compile(r"(.*?)[\s,&]*\b(?:if|for|when|where|falls)\b\s*(.*)", re.DOTALL)
_ELSE = re.compile(r"(.*?)[\s,&]*(?<![A-Za-z])(?:otherwise|else|sonst|True)\W*", re.DOTALL)
_COMPARES = re.compile(r"[<>≤≥≠=]|\\(?:leq?|geq?|neq?|lt|gt)(?![A-Za-z])")
_CONTRARY = {">": "≤", "≤": ">", "<": "≥", "≥": "<", "=": "≠", "≠": "="}
_SIGN = re.compile(r"<=|>=|!=|==|[<>≤≥≠=]|\\(?:leq?|geq?|neq?|lt|gt)(?![A-Za-z])")
_SAME = {
    "<=": "≤", ">=": "≥", "!=": "≠", "==": "=", "\\le": "≤", "\\leq": "≤", "\\ge": "≥",
    "\\geq": "≥", "\\ne": "≠", "\\neq": "≠", "\\lt": "<", "\\gt": ">",
}  # fmt: skip
_REMEDY = "write the last as 0 otherwise: {x if x > 0; 0 otherwise}"


def with_cases(text: str) -> str:
    """A text without cases. Raises DeltaruleError where they do not say what holds otherwise."""
    if not re.search(r"[{]|\b(?:cases|piecewise|Piecewise|otherwise|if|for|when)\b", text):
        return text
    text = _WORDS.sub(lambda m: f" {m[1].strip(' ,')} ", text)
    text = _ENVIRONMENT.sub(lambda m: _chosen(re.split(r"\\\\|\\cr\b", m[2]), m[0]), text)
    text = _in_braces(_LEFT_AGAIN.sub(_in_one_brace, text))
    for match in reversed(list(_CALL.finditer(text))):
        end = closed(text, match.end() - 1)
        branches = _of_call(text[match.end() : end - 1])
        whole = _chosen(branches, text[match.start() : end])
        text = f"{text[: match.start()]}{whole}{text[end:]}"
    text = re.sub(r"(\bif\b[^;\n]*?)\botherwise\s+(?=[^\s;,)}])", r"\1else ", text)
    return _NO_BRACE.sub(r" (\1 if \2 else \3)", text)


def _in_one_brace(match: re.Match[str]) -> str:
    """The cases of one left side, of which each has a line."""
    left = re.escape(match["left"])
    branches = [match["first"], *re.split(rf"[,;\n]\s*{left}\s*=(?!=)", match["others"])[1:]]
    if re.search(r"\belse\b", match[0]):  # whole equations, one of them twice
        return match[0]
    cases = "; ".join(b.strip(" ,") for b in branches)
    return f"{match['before']}{match['left']} = {{{cases}}}"


def _in_braces(text: str) -> str:
    """Cases behind a brace, which may never be closed."""
    at = 0
    while match := _BRACE.search(text, at):
        end = closed(text, match.end() - 1)
        inside = text[match.end() : end - 1]
        if not end:
            rest = text[match.end() :]
            stop = re.search(r"[;\n]\s*[^\W\d]\w*(?:\[[^\]]*\]|_\w)?\s*=(?!=)", rest)
            inside = rest[: stop.start()] if stop else rest
            end = match.end() + len(inside)
        inside = re.sub(r"\\right\s*\.?\s*$|\\$", "", inside)
        branches = split_at(inside, ";\n") if re.search(r"[;\n]", inside) else _of_line(inside)
        at = match.end()
        single = re.fullmatch(r"[^;,]+(?:,|\bif\b)[^;,]*", inside) and match[0].lstrip()[:1] == "{"
        if (len(branches) > 1 or single) and _COMPARES.search(inside):
            whole = _chosen(branches or [inside], text[match.start() : end].strip())
            text = f"{text[: match.start()]}{whole}{text[end:]}"
    return text


def _of_line(inside: str) -> list[str]:
    """x if x > 0, 0 otherwise: cases with commas between them."""
    parts = split_at(inside, ",")
    named = [bool(_IF.fullmatch(p) or _ELSE.fullmatch(p)) for p in parts]
    return parts if all(named) else []


def _of_call(inside: str) -> list[str]:
    """cases(x > 0: x, 0) and piecewise((x, x > 0), (0, True))."""
    parts = split_at(inside, ";") if ";" in inside else split_at(inside, ",")
    found = []
    for part in map(str.strip, parts):
        condition, colon, value = part.partition(":")
        pair = split_at(part[1:-1], ",") if part[:1] == "(" and closed(part, 0) == len(part) else []
        if colon:
            found.append(f"{value} if {condition}")
        else:
            found.append(", ".join(pair) if len(pair) == 2 else part)
    return found


def _chosen(branches: list[str], written: str) -> str:
    """The cases as (a if s else b)."""
    place = f"the cases {shortened(' '.join(written.split()))}"
    found = [_case(b) for b in branches if b.strip(" ,.\n&")]
    if len(found) < 2:
        raise DeltaruleError("cases of one value", place, _REMEDY)
    *firsts, (last, statement) = found
    if not all(s for _, s in firsts):
        raise DeltaruleError(f"the case {_missing(firsts)} says no condition", place, _REMEDY)
    if statement and len(found) == 2 and _contrary(firsts[0][1]) != _plain(statement):
        raise DeltaruleError(
            f"{firsts[0][1]} and {statement} do not say what holds otherwise", place, _REMEDY
        )
    between = next((k for k, (_, s) in enumerate(firsts) if " and " in s), None)
    if statement and between is not None:  # 1 above 1, −1 below −1, x between
        (middle, _), last = firsts.pop(between), (last, statement)
        firsts, last = [*firsts, last], middle
    whole = last
    for value, condition in reversed(firsts):
        whole = f"({value} if {condition} else {whole})"
    return f" {whole} "


def _missing(cases: list[tuple[str, str]]) -> str:
    return next(value for value, statement in cases if not statement)


def _case(branch: str) -> tuple[str, str]:
    """The value of a case in parentheses, and its condition; none for what holds otherwise."""
    branch = " ".join(branch.split()).strip(" ,.")
    if match := _ELSE.fullmatch(branch):
        return f"({match[1].strip(' ,&')})", ""
    if match := _IF.fullmatch(branch):
        return f"({match[1].strip(' ,&')})", _statement(match[2])
    for sign in "&,":
        parts = split_at(branch, sign)
        value, condition = sign.join(parts[:-1]).strip(" ,&"), parts[-1]
        if value and _COMPARES.search(condition):
            return f"({value})", _statement(condition)
    return f"({branch})", ""


def _statement(text: str) -> str:
    text = re.sub(r"\\?\|\s*([^|]+?)\s*\\?\|", r"abs(\1)", text.strip(" ,."))
    text = re.sub(r"(?<![<>=!≤≥≠])=(?!=)", "==", text)
    sides, signs = _SIGN.split(text), _SIGN.findall(text)
    if len(signs) == 2 and not re.search(r"\b(?:and|or|not)\b|\\(?:land|wedge|text)", text):
        one, middle, two = sides  # −1 ≤ x ≤ 1
        text = f"{one}{signs[0]}{middle} and {middle}{signs[1]}{two}"
    return re.sub(
        r"\\(?:text|mathrm)\{\s*(and|or)\s*\}|\\(?:land|wedge)(?![A-Za-z])", _joined, text
    )


def _joined(match: re.Match[str]) -> str:
    return f" {match[1] or 'and'} "


def _plain(statement: str) -> str:
    plain = _SIGN.sub(lambda m: _SAME.get(m[0], m[0]), statement)
    return re.sub(r"\s", "", plain)


def _contrary(statement: str) -> str:
    plain = _plain(statement)
    signs = [k for k, sign in enumerate(plain) if sign in _CONTRARY]
    if len(signs) != 1:
        return ""
    return f"{plain[: signs[0]]}{_CONTRARY[plain[signs[0]]]}{plain[signs[0] + 1 :]}"
