"""`deltarule exam bundle`: bundles written, and what to do with each."""

from __future__ import annotations

from pathlib import Path

from deltarule.classes.bundles.exam_bundle import KINDS, WrittenBundle, next_steps, write_bundles
from deltarule.classes.revealing import CAUSES, revealed
from deltarule.cli.arguments import one_name, split
from deltarule.cli.bundle_command import Bundle
from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.errors import DeltaruleError

_EXAMPLE = "deltarule exam bundle exam.toml --gradescope --out bundle/"


def show_bundle(asked: Bundle) -> int:
    """Write the bundles, and say where they are."""
    bare, options = split(asked.words or ())
    if not bare:
        raise DeltaruleError("no exam is named", "the command line", f"write {_EXAMPLE}")
    exam = one_name(bare, _EXAMPLE, options)
    kinds = [kind for kind in KINDS if getattr(asked, kind)]
    if not kinds:
        raise DeltaruleError(
            "it is not said for which system",
            "the command line",
            f"write --{', --'.join(KINDS[:-1])} or --{KINDS[-1]}: {_EXAMPLE}",
        )
    reveal = revealed(asked.reveal or CAUSES)
    if asked.wheel and asked.from_index:
        raise DeltaruleError(
            "a wheel is named, and the package index too", "--from-index", "leave out one of them"
        )
    out = asked.out or Path("bundle")
    written = write_bundles(exam, kinds, out, asked.wheel, reveal, asked.from_index)
    show(written, "a bundle of an exam", asked.format)
    return 0


def bundle_page(page: Page, written: WrittenBundle) -> None:
    """Each bundle, what to do with it, and what it installs."""
    page.title(f"{written.exam}, with {written.installs}")
    page.blank()
    steps = next_steps(written.paths)
    column = max(len(path) for path, _ in steps) + 4
    for path, step in steps:
        page.item(path, step, column)
