"""How guides and the site of the documentation are shown: rows of the table in formats.py."""

from __future__ import annotations

#: What fills a page of text.
GUIDE_PAGES = {
    "a guide": ".cli.guide:guide_page",
    "the list of guides": ".cli.guide:guides_page",
    "a written site": ".cli.guide:site_page",
}

#: What gives plain values for JSON.
GUIDE_VALUES = {
    "a guide": ".cli.guide:guide_values",
    "the list of guides": ".cli.guide:guides_values",
    "a written site": ".cli.guide:site_values",
}
