"""Formulas in MathML beside the text of the same formulas, as pictures to compare by eye.

    python tests/support/formula_pictures.py FOLDER [LAYER …] [--no-mathematics-font]

Chromium draws one picture a layer, its forward equations and closed forms one below the other, with
or without a font that has mathematics in it. Without layers ten different ones are drawn.
"""

from __future__ import annotations

import shutil
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from deltarule import derive
from deltarule.calculus import Derivation
from deltarule.pages.blocks_html import STYLES, equation_html
from deltarule.pages.html_page import page_html, text_html
from deltarule.spelling.text import equation_text

#: Windows, normalisations, attention, gates, maxima, losses, guards, states and whole matrices.
LAYERS = (
    "conv2d", "layer_norm", "attention", "lstm", "max_pool2d", "label_cross_entropy",
    "batch_norm", "rnn", "crf", "softmax_cross_entropy",
)  # fmt: skip
#: No font that is named here has a table of mathematics.
_PLAIN = "<style>math, math * { font-family: 'DejaVu Sans', sans-serif !important }</style>"


def formulas(derivation: Derivation) -> Iterator[str]:
    """Each formula twice: set, and as text."""
    pairs = [(e.lhs, e.rhs) for e in derivation.network.equations]
    pairs += [(g.lhs, g.expr) for g in derivation.gradients.values()]
    for left, right in pairs:
        yield equation_html(left, right)
        yield f"<pre>{text_html(equation_text(left, right))}</pre>"


def picture_all(folder: Path, layers: list[str], font: bool) -> None:
    """Writes LAYER.png for each of the layers."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 400})
        for layer in layers:
            body = [*([] if font else [_PLAIN]), *formulas(derive(layer))]
            page.set_content(page_html(layer, body, STYLES))
            page.screenshot(path=folder / f"{layer}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    reader = ArgumentParser(description="Pictures of formulas, set and as text.")
    reader.add_argument("folder", type=Path)
    reader.add_argument("layers", nargs="*")
    reader.add_argument("--no-mathematics-font", action="store_true")
    wanted = reader.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    picture_all(wanted.folder, wanted.layers or list(LAYERS), not wanted.no_mathematics_font)
