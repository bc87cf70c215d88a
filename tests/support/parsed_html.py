"""HTML as a reader of it finds it: tags, and text."""

from html.parser import HTMLParser


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
