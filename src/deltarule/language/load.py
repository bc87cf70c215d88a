"""Derivation files, read: from a name or path to a network."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from deltarule.errors import DeltaruleError, UnknownOption, in_short
from deltarule.expressions.given_arguments import known_path
from deltarule.language.catalogue import catalogue, declared_aliases, find
from deltarule.language.declarations import Page, written_on
from deltarule.language.derivation_source import DerivationLoader
from deltarule.language.misuse import message_of
from deltarule.language.named_pieces import with_named_pieces
from deltarule.language.not_python import fact_of, of_syntax
from deltarule.language.variants import VARIANTS, varied
from deltarule.networks.names_once import check_attribute_names
from deltarule.networks.network import Network
from deltarule.networks.specialise import given_sizes, specialise
from deltarule.spelling.lowered import lowered

__all__ = ["catalogue", "declared_aliases", "find", "load", "load_with", "network_of"]


_OURS = Path(__file__).parents[1]

_reading: ContextVar[list[Path] | None] = ContextVar("reading", default=None)


@contextmanager
def files_read() -> Iterator[list[Path]]:
    """A list of the derivation files that are read inside, each as often as it is."""
    found: list[Path] = []
    token = _reading.set(found)
    try:
        yield found
    finally:
        _reading.reset(token)


def note_read(paths: Iterable[Path]) -> None:
    """Add files to the list of `files_read`, if there is one."""
    read = _reading.get()
    if read is not None:
        read.extend(paths)


def load(name_or_path: str | Path, /, **options) -> Network:
    """The network that a derivation says: tensors and equations, with symbolic sizes.

    `name_or_path` is a name or alias of a file in `derivations/`, or the path of a file of your
    own (anything with a `/` or ending in `.py`). `options` are the derivation's own, those of
    language/variants.py that make another network of it, such as `unroll=3`, and numbers for its
    sizes, such as `N=2`.
    Raises DeltaruleError for an unknown name, an unreadable or faulty file, an unknown option.
    """
    if isinstance(name_or_path, Network):
        raise DeltaruleError(
            f"{name_or_path.name} is a network already", "load", "use it as it is, or give its name"
        )
    return specialise(*_named(name_or_path, options))


def _named(name: str | Path, options: Mapping) -> tuple[Network, dict]:
    """The network that a derivation says, and the numbers for its sizes."""
    name = known_path("name_or_path", name, "load", 'give one, such as load("conv2d")')
    page, words = _read(name, options)
    rest = {o: v for o, v in options.items() if o not in page.options}
    return _apart(_network(page, words), rest, page.options)


def _apart(network: Network, settings: Mapping, options: Iterable[str]) -> tuple[Network, dict]:
    """A network with the variants of some settings, and the others: numbers for its sizes.

    Raises UnknownOption, which knows `options` too, for what is neither.
    """
    network = varied(network, {o: v for o, v in settings.items() if o in VARIANTS})
    rest = {o: v for o, v in settings.items() if o not in VARIANTS}
    sizes = [*given_sizes(network), *(s.name for s in network.definitions)] if rest else []
    constants = [s.name for s in network.scalars]
    for option in rest:
        if option in constants:
            raise DeltaruleError(
                f"{option} is a constant of {network.name}, and no option",
                Path(network.path or network.name).name,
                f'give it where numbers are: kernel("{network.name}", {option}=…), or on a sheet '
                f"{option} = … under [given]",
            )
        if option not in sizes:
            raise UnknownOption.named(
                option,
                f"the derivation {network.name} has no option {option}",
                Path(network.path or network.name).name,
                options,
                (*VARIANTS, *sizes),
            )
    return network, rest


def network_of(what: Network | str | Path, place: str = "", /, **options) -> Network:
    """A network as it is, or the one that a derivation says, by name or path: see `load`.

    Of a network's options, those that make another network of it and its sizes are taken; `place`
    is the function that it was given to. Raises DeltaruleError for the others, and for what is
    neither a network nor a name.
    """
    return specialise(*with_sizes(what, place, **options))


def with_sizes(what: Network | str | Path, place: str = "", /, **options) -> tuple[Network, dict]:
    """What `network_of` gives, and the numbers for its sizes apart."""
    if isinstance(what, str | Path):
        return _named(what, options)
    if not isinstance(what, Network):
        whole = isinstance(getattr(what, "network", None), Network)
        raise DeltaruleError(
            f"{in_short(what)} is no network",
            place or "a network, or the name or path of a derivation, is wanted",
            f"give its network: {place or 'load'}(derivation.network)"
            if whole
            else f'give one, or a name or path: {place or "load"}("conv2d")',
        )
    known = {*VARIANTS, *given_sizes(what)} if options else ()
    chosen = [o for o in options if o not in known]
    if chosen:
        raise DeltaruleError(
            f"{chosen[0]} is given beside a network",
            what.name,
            f'options are chosen when a derivation is read: load("{what.name}", {chosen[0]}=…)',
        )
    return _apart(what, options, ())


def load_with(what: Network | str | Path, settings: Mapping) -> tuple[Network, dict]:
    """A network, with those of some settings that are options of its derivation; and the others.

    The file is read once, whatever its options are.
    """
    if isinstance(what, Network):
        network, known = what, set(VARIANTS)
    else:
        page, words = _read(what, settings)
        network = _network(page, words)
        known = {*page.options, *VARIANTS}
        settings = {k: v for k, v in settings.items() if k not in page.options}
    variants = {k: v for k, v in settings.items() if k in known}
    return varied(network, variants), {k: v for k, v in settings.items() if k not in known}


def _network(page: Page, words: tuple[str, str]) -> Network:
    network = with_named_pieces(page.network(*words))
    check_attribute_names(network)
    return network


def _read(name_or_path: str | Path, options: Mapping) -> tuple[Page, tuple[str, str]]:
    """The page that a file's equations and options are written on, and its title and text."""
    path = find(str(name_or_path)).resolve()
    note_read([path])
    page = Page(path.stem, str(path), dict(options))
    module = _run(path, page)
    title, _, text = lowered(module.__doc__ or path.stem).strip().partition("\n")
    return page, (title.rstrip("."), text.strip())


def _run(path: Path, page: Page):
    name = f"deltarule.page.{path.stem}"
    loader = DerivationLoader(name, str(path)) if path.suffix == ".py" else None
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    if spec is None or spec.loader is None:
        raise DeltaruleError(f"{path} is not a Python file", str(path), "name it something.py")
    module = importlib.util.module_from_spec(spec)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        with written_on(page):
            spec.loader.exec_module(module)
    except DeltaruleError:
        raise
    except SyntaxError as error:
        raise DeltaruleError(
            f"the file is not Python: {fact_of(error)}",
            path.name + (f", line {error.lineno}" if error.lineno else ""),
            f"mend the line: {of_syntax(error)}",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DeltaruleError(
            f"the file cannot be read: {error}", str(path), "check that it is a text file of yours"
        ) from None
    except KeyboardInterrupt:
        raise
    except SystemExit:
        raise DeltaruleError(
            "the file ends the program", path.name, "leave out sys.exit(): it only says equations"
        ) from None
    except BaseException as error:
        if isinstance(error, NameError) and not _of_a_file(error):
            raise  # a name that our own code lacks is no mistake of whoever wrote the file
        words = [name for name in vars(module) if not name.startswith("_")]
        known = message_of(error, words, _line(error, path))
        raise DeltaruleError(
            known.fact if known else f"{type(error).__name__}: {error}",
            _where(error, path),
            known.remedy
            if known
            else "mend the line; the words of the language are those of deltarule.language",
        ) from None
    finally:
        sys.dont_write_bytecode = writes
    return module


def _of_a_file(error: BaseException) -> bool:
    """Whether an error arose in a derivation file itself."""
    last = traceback.extract_tb(error.__traceback__)[-1].filename
    return not Path(last).is_relative_to(_OURS)


def _line(error: BaseException, path: Path) -> str:
    """What stands in the line of the file where an error arose."""
    found = [f.line for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    return (found[-1] or "") if found else ""


def _where(error: BaseException, path: Path) -> str:
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    return f"{path.name}, line {lines[-1]}" if lines else path.name
