"""Functions that a line gives and others call: k(x, z) = exp(−‖x − z‖²/2); K_ij = k(x_i, x_j)."""

from __future__ import annotations

import re

from deltarule.marking.typed.nesting import closed, split_at

_GIVEN = re.compile(
    r"(?:^|(?<=[;\n]))\s*([^\W\d_](?:_\w)?)\s*\(\s*([^\W\d_](?:\s*,\s*[^\W\d_])*)\s*\)\s*:?=(?!=)"
    r"([^;\n]*)(?:[;\n]|$)"
)
#: Functions that are known by such a letter, and tables of states and actions.
_KNOWN = ("σ", "V", "Q", "π", "p", "P", "q")
_PLAIN = re.compile(r"\s*[^\W\d]\w*(?:_\{[^{}]*\}|\[[^\[\]]*\])?[\u0300-\u036f]*\s*")
_MOST = 20


def with_functions_put_in(text: str) -> str:
    """A text in which each call of such a function is what its line says, without that line."""
    for given in [m[1] for m in _GIVEN.finditer(text)]:
        match = next((m for m in _GIVEN.finditer(text) if m[1] == given), None)
        if match is None:
            continue
        name, names, body = match.groups()
        parameters = [p.strip() for p in names.split(",")]
        rest = text.replace(match[0], "", 1)
        if name in _KNOWN or re.search(rf"(?<![\w\\]){re.escape(name)}\s*\(", body):
            continue
        called = _put_in(rest, name, parameters, body.strip())
        if called != rest:
            text = called.strip(" ;\n")
    return text


def _put_in(text: str, name: str, parameters: list[str], body: str) -> str:
    call = re.compile(rf"(?<![\w\\]){re.escape(name)}\(")
    for _ in range(_MOST):
        match = call.search(text)
        end = closed(text, match.end() - 1) if match else 0
        if match is None or not end:
            return text
        arguments = split_at(text[match.end() : end - 1], ",")
        if len(arguments) != len(parameters):
            return text
        given = {
            p: a.strip() if _PLAIN.fullmatch(a) else f"({a.strip()})"
            for p, a in zip(parameters, arguments, strict=True)
        }
        one = "|".join(map(re.escape, parameters))
        whole = re.sub(rf"(?<![^\W\d_])(?<!\\)({one})(?![\w(\[])", lambda m, g=given: g[m[1]], body)
        text = f"{text[: match.start()]}({whole}){text[end:]}"
    return text
