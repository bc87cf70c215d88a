"""Somebody's text as it is shown: what would steer a screen is written out, never obeyed."""

from __future__ import annotations

import re

#: Controls (C0 but for tab and line feed, DEL, C1), separators of lines and paragraphs, marks that
#: turn the direction of writing or show nothing, and halves of surrogate pairs.
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """The text with each such character as an escape, such as `\\x1b` or `\\u202e`."""
    return _STEERING.sub(_escape, text)


def visible_json(text: str) -> str:
    """JSON with each such character as JSON's own escape, so that it means the same."""
    return _STEERING.sub(lambda m: "".join(f"\\u{unit:04x}" for unit in _utf16(m[0])), text)


def _utf16(character: str) -> list[int]:
    number = ord(character)
    if number < 0x10000:
        return [number]
    return [0xD800 + ((number - 0x10000) >> 10), 0xDC00 + ((number - 0x10000) & 0x3FF)]


def _escape(found: re.Match) -> str:
    number = ord(found[0])
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
