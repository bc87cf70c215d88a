"""HTML as a reader of it finds it: tags, and text."""

from html.parser import HTMLParser

#: Elements without an end.
VOID = {"meta", "br", "hr", "input", "link"}


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
    """Every element is ended where it must be; nothing names another file."""

    refused = frozenset({"link", "object", "img", "form", "base"})

    def __init__(self, text: str):
        super().__init__()
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert not {"href", "src", "srcset", "action", "data"} & {name for name, _ in attrs}, attrs
        assert tag not in self.refused
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
