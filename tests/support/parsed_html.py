"""HTML as a reader of it finds it: tags, and text."""

import re
from html.parser import HTMLParser

#: Elements without an end.
VOID = {"meta", "br", "hr", "input", "link", "wbr"}

#: A sentence into which nothing was put: "Checked: .", "Where .", "( )", ".".
EMPTY = re.compile(r"(^|[:;,(]|\bWhere) *[.;)](\s|$)|^\s*$|(^|\s)\(\s*\)")


class Parsed(HTMLParser):
    """The tags and the text of a piece of HTML."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)

    def handle_comment(self, data):
        self.tags.add("!")

    def handle_data(self, data):
        self.text += data


class Whole(HTMLParser):
    """Every element is ended where it must be; nothing names another file; no paragraph is empty,
    or has an empty sentence."""

    refused = frozenset({"link", "object", "img", "form", "base"})

    def __init__(self, text: str):
        super().__init__()
        self.open: list[str] = []
        self._paragraph: str | None = None
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert not {"href", "src", "srcset", "action", "data"} & {name for name, _ in attrs}, attrs
        assert tag not in self.refused
        if tag not in VOID:
            self.open.append(tag)
        if tag == "p":  # what is filled in later has a role
            self._paragraph = None if dict(attrs).get("role") else ""
        elif tag in ("input", "button") and self._paragraph is not None:
            self._paragraph += "□"

    def handle_data(self, data):
        if self._paragraph is not None:
            self._paragraph += data

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag == "p" and self._paragraph is not None:
            assert not EMPTY.search(self._paragraph), self._paragraph
            self._paragraph = None
