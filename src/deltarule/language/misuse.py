"""Python's own errors in a derivation file, said in the words of the language.

Python says that `'Name' object is not callable`; a person who wrote `x(n, d)` is said that x is a
tensor, and that its entries stand in square brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from deltarule.errors import did_you_mean
from deltarule.language.catalogue import catalogue
from deltarule.language.keywords_refused import no_keyword
from deltarule.language.other_errors import OTHER_ERRORS
from deltarule.language.words_of_libraries import OTHERWISE

#: What the objects of a derivation file are, by the names of their classes.
_KINDS = {
    "Name": "a tensor", "Read": "an entry of a tensor", "Index": "an index", "Size": "a size",
    "Scalar": "a scalar", "Attribute": "an attribute", "Sum": "a sum", "Max": "a maximum",
    "Product": "a product", "Mul": "a product", "Add": "a sum", "Pow": "a power",
    "str": "a text in quotes", "int": "a whole number",
    "float": "a number", "list": "a list", "tuple": "several values", "function": "a function",
    "Half": "a number", "Integer": "a number", "Rational": "a number", "dict": "a dictionary",
    "builtin_function_or_method": "a function of Python", "type": "a function", "bool": "a truth",
    "slice": "a colon", "complex": "an imaginary number", "Choose": "a choice", "set": "a set",
    "generator": "a loop in brackets", "range": "a range of numbers",
    "Waiting": "a word such as Sum[k] without its brackets", "NoneType": "None",
}  # fmt: skip
#: How the words that take several things are written.
_WRITTEN = {
    "windows": 'rows, = windows((H, K), stride=("S", 1), pad=("P", 0))',
    "loss": 'loss("E", Sum[n, m](y[n, m]**2))', "round": "round(x[n])",
    "where": "where(x[n] > 0, a, b)", "scalar": 'scalar("alpha", 0.01)',
    "option": 'option("layers", 2, "how many layers")', "layer": 'layer("dense")',
    "elementwise": 'elementwise("swish", lambda z: z * sigmoid(z))',
    "declare": 'input("x", N, D)', "index": 'index("k")', "indices": 'indices("n d")',
    "size": 'size("N")', "sizes": 'sizes("N D")', "attribute": 'attribute("S", stride=1)',
}  # fmt: skip
_NUMERIC = ("np", "numpy", "math", "torch", "jnp", "sp", "sympy", "F", "nn")


class Message(NamedTuple):
    """A fact and its remedy."""

    fact: str
    remedy: str


def message_of(error: BaseException, words: Iterable[str] = (), line: str = "") -> Message | None:
    """What a Python error means in a derivation file; None for one that says it all itself.

    `words` are the names that the file could have meant, `line` what stands where it arose.
    """
    message = str(error)
    if isinstance(error, NameError):
        return _unknown(message, words, line)
    for pattern, say in _SAID:
        found = re.search(pattern, message)
        if found:
            return say(*found.groups())
    said = (
        Message(fact, how) for pattern, fact, how in OTHER_ERRORS if re.search(pattern, message)
    )
    return next(said, None)


def _kind(name: str) -> str:
    return _KINDS.get(name, "an expression")


def _unknown(message: str, words: Iterable[str], line: str) -> Message | None:
    found = re.match(r"name '(\w+)' is not defined", message)
    if not found:
        return None
    name = found[1]
    if name in _NUMERIC:
        return Message(
            f"{name} is not known here", f"write exp(…), log(…), tanh(…) without {name}."
        )
    known = OTHERWISE.get(name) or OTHERWISE.get(name.lower())
    reduction = re.fullmatch(r"(Sum|Mean|Max|Min|Product)_([a-z])", name)
    if reduction:
        known = f"{reduction[1]}[{reduction[2]}](…)"
    if known:
        return Message(f"{name} is not known", f"write {known}")
    hint = did_you_mean(name, words)
    if re.search(rf"(?<![\w.]){name}\s*\(", line):
        return Message(f"{name} is not known", _function(name, hint))
    capital = len(name) == 1 and name.isupper()
    least = f'sizes("{name}")' if capital else f'indices("{name}")'
    remedy = f'declare it first: input("{name}", N), say, or {least}'
    return Message(f"{name} is not known", f"{hint} {remedy}" if hint else remedy)


def _function(name: str, hint: str) -> str:
    """What to write for a function that is none."""
    plain = name.lower().replace("_", "")
    layer = next((known for known in catalogue() if known.replace("_", "") == plain), None)
    if layer:
        return f"write its equations, which derive {layer} shows: it is a layer of the catalogue"
    return hint or f'write it out: {name} = elementwise("{name}", lambda z: z * sigmoid(z)), say'


def _called(name: str) -> Message:
    if name == "Name":
        return Message(
            "a tensor is followed by parentheses", "its entries stand in square brackets: x[n, d]"
        )
    return Message(
        f"{_kind(name)} is followed by parentheses", "a product is written with *: a * (b)"
    )


def _subscripted(name: str) -> Message:
    found = name in ("Sum", "Max", "Product", "Mul", "Add", "Pow", "Choose")
    return Message(
        f"{_kind(name)} has no entries to choose from with square brackets",
        'give it a line: v = intermediate("v", N, M); v[n, m] = …, and read v[n, t[n]]'
        if found
        else "write it without them; a tensor is declared with its sizes",
    )


def _function_subscripted(name: str) -> Message:
    if name == "a function":
        return Message(
            "a function is followed by square brackets",
            "write f(…); along an axis go Sum[k](…), Mean[k](…), Max[k](…), -Max[k](-…)",
        )
    return Message(f"{name} is followed by square brackets", f"write {name}(…)")


def _operands(sign: str, left: str, right: str) -> Message:
    if "str" in (left, right):
        return Message(f"a text in quotes stands beside {sign}", "leave the quotes out")
    if sign in ("^", "^="):
        return Message("^ is no power in Python", "write x[n]**2")
    if sign in ("@", "@="):
        return Message("@ is no product here", "write the sum: Sum[k](x[n, k] * W[k, m])")
    if "Waiting" in (left, right):
        return Message(
            "what is added up is missing its brackets", "write Sum[k](x[n, k] * W[k, m])"
        )
    return Message(
        f"{sign} stands between {_kind(left)} and {_kind(right)}",
        "use entries of tensors, indices and numbers",
    )


def _undecided(*_) -> Message:
    return Message(
        "Python's if, and, or and not need numbers, and there are none yet",
        "write where(x[n] > 0, a, b), max(a, b) or relu(x[n])",
    )


def _attribute(name: str, attribute: str) -> Message:
    return Message(
        f"{_kind(name)} has no .{attribute}",
        _ATTRIBUTES.get(attribute, "write it with indices, as in Sum[n](x[n, d]) for a sum over n"),
    )


_ATTRIBUTES = {
    "T": "write its indices the other way round: W[m, d] where W[d, m] stands for W",
    "shape": "its axes are the sizes that it was declared with, such as N and D",
    "size": "its axes are the sizes that it was declared with, such as N and D",
    **dict.fromkeys(
        ("reshape", "view", "flatten"), "say in subscripts where an entry is: x[n, i // W, i % W]"
    ),
    **dict.fromkeys(("dot", "matmul", "mm"), "write the sum: Sum[k](x[n, k] * W[k, m])"),
    **{word: f"write {word.title()}[k](x[n, k])" for word in ("mean", "max")},
    **dict.fromkeys(
        ("detach", "item", "numpy"), "no gradient flows through stop_gradient(x[n, d])"
    ),
    **dict.fromkeys(("backward", "grad"), "the gradient is derived: leave it out"),
}


def _keyword(word: str, keyword: str) -> Message:
    name = word.rpartition(".")[2]
    usual = f"write {_WRITTEN.get(name, f'{name}(…)')}"
    return Message(*no_keyword(name, keyword, usual))


def _of_python(*_) -> Message:
    return Message(
        "a function of Python's is given what has no numbers yet",
        "write exp(…), log(…), sqrt(…) without math.; a condition is where(x[n] > 0, a, b)",
    )


def _assigned(*_) -> Message:
    return Message(
        "a tensor's name stands for something else since a line before",
        "write y[n, m] = …, with its indices, where its equation is meant",
    )


def _left_out(word: str, missing: str) -> Message:
    name = word.rpartition(".")[2]
    names = missing.replace("'", "")
    what = "a declaration" if name == "declare" else name
    return Message(f"{what} lacks {names}", f"write {_WRITTEN.get(name, f'{name}(…)')}")


def _too_many(word: str, *_) -> Message:
    name = word.rpartition(".")[2]
    written = _WRITTEN.get(name, f"{name}(x[n])")
    return Message(f"{name} is given more than it takes", f"write {written}")


def _one(word: str, number: str, given: str) -> Message:
    base = word == "log" and given != "0"
    written = "log(x[n]) / log(2) for another base" if base else f"{word}(x[n])"
    return Message(f"{word} takes {number}, not {given}", f"write {written}")


def _length(*_) -> Message:
    return Message(
        "len( ) is asked how long a tensor is",
        "write the size that it was declared with, such as N",
    )


def _invalid(word: str, keyword: str) -> Message:
    gelu = keyword == "approximate"
    written = "gelu_tanh(z, 0.044715)" if gelu else "Sum[k](x[n, k]), along the axis of k"
    return Message(f"{word} takes no {keyword}=", f"write {written}")


def _number(*_) -> Message:
    return Message(
        "a tensor, a size or an index stands where Python needs a number",
        "an index runs over its axis by itself: Sum[k](x[n, k])",
    )


def _of_numpy(*_) -> Message:
    return Message(
        "a function of NumPy is given what has no numbers yet",
        "write exp(…), log(…), tanh(…) without np.",
    )


def _gone_through(kind: str) -> Message:
    return Message(
        f"Python's sum, max or for goes through {_kind(kind)}",
        "an index runs over its axis by itself: Sum[k](x[n, k]), Max[k](x[n, k])",
    )


def _unpacked(*_) -> Message:
    return Message(
        "there are not as many names on the left as things on the right",
        'write one for each: n, d = indices("n d"); rows, = windows((H, K), …)',
    )


def _listed(kind: str) -> Message:
    return Message(
        f"{_kind(kind)} stands where one name or index belongs",
        'write them without brackets of their own: input("x", N, D)',
    )


_SAID = (
    (r"'(\w+)' object is not callable", _called),
    (r"type '(\w+)' is not subscriptable", _function_subscripted),
    (
        r"'(?:function|builtin_function_or_method)' object is not subscriptable()",
        lambda _: _function_subscripted("a function"),
    ),
    (r"'(\w+)' object is not subscriptable", _subscripted),
    (r"unsupported operand type\(s\) for (\S+?)(?: or pow\(\))?: '(\w+)' and '(\w+)'", _operands),
    (r"cannot determine truth value", _undecided),
    (r"'(\w+)' object has no attribute '(\w+)'", _attribute),
    (r"object does not support item assignment", _assigned),
    (
        r"([\w.<>]+)\(\) missing \d+ required (?:positional|keyword-only) arguments?: (.*)",
        _left_out,
    ),
    (r"([\w.<>]+)\(\) takes .* but .* given", _too_many),
    (r"(\w+) takes exactly (\d+) arguments? \((\d+) given\)", _one),
    (r"([\w.<>]+)\(\) got an unexpected keyword argument '(\w+)'", _keyword),
    (r"Cannot convert expression to float", _of_python),
    (r"has no len\(\)", _length),
    (r"Cannot convert|object of type|cannot be interpreted as an integer", _number),
    (r"loop of ufunc does not support argument", _of_numpy),
    (r"'(\w+)' object is not iterable", _gone_through),
    (r"values to unpack", _unpacked),
    (r"'(\w+)' is an invalid keyword argument for (\w+)\(\)", lambda k, w: _invalid(w, k)),
    (r"Unknown options: \{'(\w+)'", lambda keyword: _invalid("a function", keyword)),
    (r"unhashable type: '(\w+)'", _listed),
)
