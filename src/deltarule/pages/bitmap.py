"""Pictures as bitmaps: SVG drawn as PNG by resvg, which brings all that it needs but the fonts.

Bitmaps are light, and twice as fine as the picture says. resvg knows no custom properties of CSS,
so that the colours are put in for their names, and no media queries, which are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from deltarule.errors import DeltaruleError

_ROOT = re.compile(r":root \{(.*?)\}", re.DOTALL)
_COLOUR = re.compile(r"(--[a-z]+): ([^;]+);")
_USED = re.compile(r"var\((--[a-z]+)\)")
_MEDIA = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
#: How many points there are to a pixel of the picture.
_FINE = 2
#: The fonts where none of those that the picture names is installed; they have every sign of ours.
_FONTS = {"monospace_family": "DejaVu Sans Mono", "sans_serif_family": "DejaVu Sans"}


def bitmap(svg: str) -> bytes:
    """A picture that stands alone, as PNG. Raises DeltaruleError where resvg is not installed."""
    plain = plain_svg(svg)
    paper = dict(_COLOUR.findall(plain)).get("--paper")
    draw = renderer()
    return bytes(draw(svg_string=plain, zoom=_FINE, background=paper, **_FONTS))


def plain_svg(svg: str) -> str:
    """A picture of ours without custom properties and media queries: its light colours."""
    plain = _MEDIA.sub("", svg)
    root = _ROOT.search(plain)
    colours = dict(_COLOUR.findall(root[1])) if root else {}
    return _USED.sub(lambda used: colours.get(used[1], used[0]), plain)


def renderer() -> Callable[..., bytes]:
    """What draws. Raises DeltaruleError where resvg is not installed."""
    try:
        from resvg_py import svg_to_bytes  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise DeltaruleError(
            "bitmaps are drawn by resvg, which is not installed",
            "--png",
            "pip install resvg-py (or '.[pictures]' in a checkout), or write --svg FILE.svg",
        ) from None
    return svg_to_bytes
