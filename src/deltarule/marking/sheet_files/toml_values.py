"""Values that people write and TOML does not read: lists, numbers and texts put right."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from deltarule.marking.sheet_files.array_text import as_toml, nested

#: A key, what parts it from its value, the value, and a comment.
PAIR = re.compile(
    r"(?P<indent>\s*)(?P<key>\"[^\"]*\"|'[^']*'|[^=:\"'#≈]*?)\s*"
    r"(?P<sign>:=|==|=>|->|→|⇒|~=|=|:|≈|≃|≅|＝|：)\s*(?P<value>.*?)(?P<comment>\s+#[^\"']*)?\s*"
)
#: A line that begins with a name and its sign.
_NAMED = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+))\s*=")
_SCALAR = re.compile(
    r"\"[^\"]*\"|'[^']*'|true|false|[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
)
NUMBER = r"[+-]?[0-9]*[.,]?[0-9]+(?:[eE][+-]?[0-9]+)?%?"
#: Numbers in brackets of any kind.
_NUMBERS = re.compile(r"[\[\](){}<>0-9eE+.,;%~\"'\s−–-]+")
_NO_ANSWER = ("None", "null", "NULL", "nil", "-", "–", "—", "N/A", "n/a")


def key_of(line: str) -> str | None:
    """The name with which a line of TOML begins, without its quotes; None for another line."""
    found = _NAMED.match(line)
    return None if found is None else next(g for g in found.groups() if g is not None)


# ---- values -------------------------------------------------------------------------------
def brackets(line: str) -> str:
    """Parentheses and braces round numbers are the brackets of a list."""
    found = PAIR.fullmatch(line)
    value = found["value"] if found else line.strip()
    called = re.fullmatch(r"(?:\w+\.)?(?:array|tensor|matrix|list|tuple)\((.*)\)", value)
    if not called and (value[:1] not in "({<" or not _NUMBERS.fullmatch(value)):
        return line
    changed = called[1] if called else value.translate(str.maketrans("(){}<>", "[][][]"))
    return put(found, changed) if found else line.replace(value, changed)


def array(line: str) -> str:
    """[0.1 0.2; 0.3 0.4] -> [[0.1, 0.2], [0.3, 0.4]]."""
    found = PAIR.fullmatch(line)
    if found is None or found["value"][:1] not in "([" or ";" not in found["value"]:
        return line
    lists = nested(found["value"])
    rows = lists is not None and any(isinstance(row, list) and len(row) > 1 for row in lists)
    return put(found, as_toml(lists)) if rows else line


def _inside(value: str) -> bool:
    return value[:1] == "[" or value[-1:] in ("]", ",") and value[:1] != '"'


def listed(line: str) -> str:
    """`0.79, 0.92` -> `[0.79, 0.92]`."""
    found = PAIR.fullmatch(line)
    number = r"[-+−–~]?[0-9]*\.[0-9]+"
    if found is None or not re.fullmatch(rf"{number}(?:\s*[,;\s]\s*{number})+", found["value"]):
        return line
    numbers = re.split(r"[,;\s]+", found["value"])
    return put(found, f"[{', '.join(numbers)}]")


def parted(line: str) -> str:
    """Commas between the entries of a list, and quotes where one is left out."""
    found = PAIR.fullmatch(line)
    value = found["value"] if found else line
    words = re.search(r"[A-Za-z]{2}", re.sub(r"\"[^\"]*\"", "", value))
    if words or "]" not in value and "[" not in value:
        return line
    end = r"(?<=[0-9.%\"'\]])"
    start = r"(?=[-+−–~.0-9\"'\[])"
    commas = r"[0-9],[0-9]+\s*;" if ";" in value else r"[0-9],[0-9]+,?\s+[0-9]+,[0-9]"
    apart = re.sub(r"(?<=[0-9]),(?=[0-9])", ".", value) if re.search(commas, value) else value
    apart = re.sub(rf"{end}\s*[;|]\s*{start}", ", ", apart)
    apart = re.sub(rf"{end}\s+{start}", ", ", apart)
    apart = re.sub(r"(?<=[\[,])(\s*)(?=,)", r'\1""', apart)
    if apart.rstrip().endswith("]") and apart.count("[") > apart.count("]"):
        apart = apart.rstrip() + ","  # the next row stands on the next line
    return put(found, apart) if found else apart


def closed(line: str) -> str:
    """Brackets that pair."""
    found = PAIR.fullmatch(line)
    value = found["value"] if found else line.strip()
    bare = re.sub(r"\"[^\"]*\"|'[^']*'", "", value)
    missing = bare.count("[") - bare.count("]")
    if not missing or not re.search(r"\d|\"", value):
        return line
    if missing > 0:
        changed = value.rstrip(" ,") + "]" * missing
    elif value.endswith("]" * (1 - missing)) and value.startswith("["):
        changed = value[:missing]
    else:
        changed = "[" * -missing + value
    return put(found, changed) if found else line.replace(value, changed)


def point(line: str) -> str:
    """`0,07` -> `0.07`, where one number stands."""
    found = PAIR.fullmatch(line)
    if found is None or not re.fullmatch(r"[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]+)?", found["value"]):
        return line
    return put(found, found["value"].replace(",", "."))


def each(line: str, mend: Callable[[str], str]) -> str:
    """The line with each entry of its value put right, or the value itself."""
    found = PAIR.fullmatch(line)
    value = found["value"] if found else line
    if not found and not _inside(value.strip()):
        return line
    if value[:1] == "[" or not found:
        pieces = re.split(r"(\"[^\"]*\"|'[^']*'|[\[\],])", value)
        changed = "".join(
            _one(piece, mend) if k % 2 == 0 else piece for k, piece in enumerate(pieces)
        )
    else:
        changed = mend(value)
    return put(found, changed) if found else changed


def _one(piece: str, mend: Callable[[str], str]) -> str:
    inner = piece.strip()
    return piece if not inner else piece.replace(inner, mend(inner))


def digit_at_point(text: str) -> str:
    if re.fullmatch(r"[+-]?\.[0-9]+(?:[eE][+-]?[0-9]+)?", text):
        return text.replace(".", "0.")
    return json.dumps(text) if re.fullmatch(r"[+-]?[0-9]+\.(?:[eE][+-]?[0-9]+)?", text) else text


def leading_zeros(text: str) -> str:
    return re.sub(r"^([+-]?)0+(?=[0-9])", r"\1", text) if re.fullmatch(NUMBER, text) else text


def plain_words(text: str) -> str:
    if text in ("True", "False", "TRUE", "FALSE"):
        return text.lower()
    return '""' if text in _NO_ANSWER else text


def quoted(text: str) -> str:
    """Text in quotes, or with the quote that is missing."""
    if not text or _SCALAR.fullmatch(text) or text[:1] in "[({" and _NUMBERS.fullmatch(text):
        return text
    inner = text.strip("\"'“”‘’„").replace('"', "'")
    return (
        f"'{inner}'"
        if "\\" in inner and "'" not in inner
        else json.dumps(inner, ensure_ascii=False)
    )


def quote_seen(line: str) -> str:
    found = PAIR.fullmatch(line)
    value = found["value"] if found else line
    if value.count('"') % 2 or (value.count("'") % 2 and value[:1] == "'"):
        return "a quote is not closed"
    if re.search(r"[0-9]", value) and not re.search(r"[A-Za-z]{2}", value):
        return "a number that is not plain has no quotes"
    return "a text has no quotes"


def backslash(line: str) -> str:
    return re.sub(r"\"([^\"']*\\[^\"']*)\"", r"'\1'", line)


def put(found: re.Match, value: str, key: str = "", sign: str = "") -> str:
    """A line of a key and a value, as found but for these."""
    name, comment = key or found["key"].strip(), found["comment"] or ""
    return f"{found['indent']}{name} {sign or found['sign']} {value}{comment}"
