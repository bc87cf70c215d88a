"""How pictures are shown: rows of the table in formats.py; SVG and PNG are of the same things."""

from __future__ import annotations

#: What gives a picture as SVG.
PICTURES = {
    "a derivation": ".pages.pictures:derivation_picture",
    "a table of counts": ".pages.pictures:count_picture",
    "a trace": ".pages.pictures:trace_picture",
    "a worked sheet": ".pages.pictures:sheet_picture",
    "a course of training": ".pages.pictures:training_picture",
    "a loss landscape": ".cli.landscape:landscape_picture",
    "the flow of a gradient": ".pages.pictures:flow_picture",
}

#: What gives a page that has pictures beside its text.
PICTURED = {
    "a table of counts": ".cli.pictured:count_html",
    "a loss landscape": ".cli.landscape:landscape_html",
    "a course of training": ".cli.pictured:training_html",
}
