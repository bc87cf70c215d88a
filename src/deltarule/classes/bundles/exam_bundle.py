"""An exam made ready for a system that runs graders: its files, and deltarule itself.

    gradescope.zip     setup.sh, run_autograder, exam/, requirements.txt: uploaded as it is
    github/            .github/workflows/classroom.yml and .github/classroom/: into the template
    docker/            Dockerfile, exam/, requirements.txt: docker build

Each has a wheel of the deltarule that wrote it, so that it marks there as it does here, and no
package index has to know of it.

The scripts are files of `bundles/`, which are the same in every bundle; what differs is the exam,
the pin, and how much students are shown. Nothing in a bundle has the time in it, so that the same
exam gives the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from deltarule.classes.bundles.exam_folder import exam_folder
from deltarule.classes.bundles.own_wheel import NO_TIME, own_wheel
from deltarule.classes.revealing import CAUSES
from deltarule.errors import DeltaruleError
from deltarule.whole_files import write_pieces

#: The files of each kind that are the same in every bundle, by their places in it.
_SCRIPTS = {
    "gradescope": {n: n for n in ("setup.sh", "run_autograder", "who.py", "not_marked.json")},
    "github": {
        ".github/workflows/classroom.yml": "classroom.yml",
        ".github/classroom/mark.sh": "mark.sh",
    },
    "docker": {"Dockerfile": "Dockerfile", "entrypoint.sh": "entrypoint.sh"},
}
KINDS = tuple(_SCRIPTS)
#: The folder in a bundle that the exam and the pin stand in.
_HOMES = {"gradescope": "", "github": ".github/classroom/", "docker": ""}
_RUN = ("setup.sh", "run_autograder", "mark.sh", "entrypoint.sh")
_WHEEL = re.compile(r"deltarule-[\w.+!]+-py3-none-any\.whl")
#: What else is installed: readers of .xlsx and of Python 2.
_EXTRA = "[courses]"


@dataclass(frozen=True)
class WrittenBundle:
    """What was written: the paths of folders and archives, and which deltarule they install."""

    exam: str
    paths: tuple[Path, ...]
    pinned: str

    @property
    def installs(self) -> str:
        """The deltarule that is installed, in short."""
        return self.pinned.removeprefix("./").replace(_EXTRA, "")


def write_bundles(
    exam: str | Path,
    kinds: Sequence[str],
    out: Path,
    wheel: Path | None = None,
    reveal: str = CAUSES,
    from_index: bool = False,
) -> WrittenBundle:
    """Write bundles of some KINDS into a folder. They bring along the `wheel` that is named, or one
    of the deltarule that is running; `from_index` they install its version from the package index.

    Raises DeltaruleError for an exam that is none, a wheel that is none, and where something else
    is there already.
    """
    exam_files = exam_folder(exam)
    pin, brought = (_version(), {}) if from_index and wheel is None else _pin(wheel)
    paths, written = [], {}
    for kind in kinds:
        content = {**bundle_files(kind, exam_files, pin, reveal), **_at(_HOMES[kind], brought)}
        paths.append(out / (f"{kind}.zip" if kind == "gradescope" else kind))
        if kind == "gradescope":
            written[paths[-1]] = zipped(content)
        else:
            written |= {paths[-1] / name: data for name, data in content.items()}
    _refuse_others(written)
    for path, data in written.items():
        write_pieces(path, [data], runs=_runs(path.name))
    return WrittenBundle(str(exam), tuple(paths), pin)


def _refuse_others(written: Mapping[Path, bytes]) -> None:
    """Raises DeltaruleError where another file would be overwritten."""
    for path, data in written.items():
        if path.exists() and not (path.is_file() and path.read_bytes() == data):
            raise DeltaruleError(
                f"{path} is there already, and is another", "--out", "name another folder"
            )


def bundle_files(
    kind: str, exam_files: Mapping[str, bytes], pin: str, reveal: str
) -> dict[str, bytes]:
    """The files of a bundle, by their paths in it."""
    here = files("deltarule.classes.bundles").joinpath(kind)
    found = {place: here.joinpath(name).read_bytes() for place, name in _SCRIPTS[kind].items()}
    own = {"requirements.txt": f"{pin}\n".encode(), "reveal": f"{reveal}\n".encode()}
    own |= {f"exam/{name}": data for name, data in exam_files.items()}
    return {**found, **_at(_HOMES[kind], own)}


def _at(home: str, content: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{home}{name}": data for name, data in content.items()}


def _runs(name: str) -> bool:
    return name.rpartition("/")[2] in _RUN


def zipped(content: Mapping[str, bytes]) -> bytes:
    """The files as an archive, in the order of their names, scripts ready to be run."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(content):
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.create_system = 3
            entry.external_attr = (0o100755 if _runs(name) else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content[name])
    return data.getvalue()


def _version() -> str:
    return f"deltarule{_EXTRA}=={version('deltarule')}"


def _pin(wheel: Path | None) -> tuple[str, dict[str, bytes]]:
    """The line of requirements.txt, and the wheel that it means."""
    name, data = own_wheel() if wheel is None else (wheel.name, _read(wheel))
    return f"./{name}{_EXTRA}", {name: data}


def _read(wheel: Path) -> bytes:
    if not _WHEEL.fullmatch(wheel.name):
        raise DeltaruleError(
            f"{wheel.name} is no wheel of deltarule",
            "--wheel",
            "leave it out, and the bundle brings this deltarule along; or build one: "
            "python -m build --wheel",
        )
    try:
        return wheel.read_bytes()
    except OSError as error:
        raise DeltaruleError(
            f"the wheel cannot be read: {error.strerror}", str(wheel), "name another file"
        ) from None


def bundle_values(written: WrittenBundle) -> dict:
    """A written bundle as plain values."""
    return {
        "exam": written.exam,
        "paths": [str(path) for path in written.paths],
        "pinned": written.pinned,
    }


def next_steps(paths: Iterable[Path]) -> list[tuple[str, str]]:
    """What is to be done with each bundle."""
    steps = {
        "gradescope.zip": "upload it as the autograder of a programming assignment",
        "github": "copy its .github into the assignment's template repository, and protect .github",
        "docker": "docker build -t exam . in it; its Dockerfile says how the image is run",
    }
    return [(str(path), steps[path.name]) for path in paths]
