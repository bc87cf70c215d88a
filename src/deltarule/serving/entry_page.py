"""Where somebody comes in who has no cookie: with a link, or with the token in it."""

from __future__ import annotations

from collections.abc import Iterator


def entry_body(wrong: bool = False) -> Iterator[str]:
    """A field for the token."""
    yield "<h1>Your token</h1>"
    if wrong:
        yield '<section class="bad" role="alert"><p><b>Nobody has this token.</b></p>'
        yield "<p>Open the link that you were given, or copy all of its token.</p></section>"
    yield (
        "<p>Open the link that you were given, or write its token here. Whoever started the server "
        "finds the link in the terminal.</p>"
        '<form method="post" action="/enter"><label class="above" for="token">Token</label>'
        '<input id="token" name="token" class="long" autocomplete="off" '
        'autocapitalize="characters" spellcheck="false" required>'
        '<p><button type="submit">Enter</button></p></form>'
    )
