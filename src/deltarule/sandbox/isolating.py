"""Ways to start a process apart from the system: each makes a command and settings."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from deltarule.errors import DeltaruleError
from deltarule.sandbox.process_limits import Limits
from deltarule.sandbox.visible_files import (
    ENVIRONMENT,
    PACKAGES,
    SCRATCH,
    VisibleFiles,
    visible_files,
)


class Isolation(Enum):
    """What keeps a submission apart from the system; the value is how it is said."""

    BUBBLEWRAP = "bubblewrap"
    NAMESPACES = "user namespaces"
    LIMITS = "process limits alone"


@dataclass
class Start:
    """How the warm process is started. `folder` is a scratch folder to remove at the end."""

    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    folder: str | None = None


@dataclass(frozen=True)
class Wanted:
    """What is started: a file of `inside`, and what it is about. It inherits `info`."""

    limits: Limits
    seen: VisibleFiles
    without: tuple[str, ...]
    entry: str
    about: str
    info: int
    die_with_parent: bool = False

    def settings(self, readable: list[str], writable: list[str], **more: object) -> str:
        """The settings of the warm process, as JSON."""
        return json.dumps(
            {
                "own": _own(self.seen),
                "readable": readable,
                "writable": writable,
                "scratch": SCRATCH,
                "scratch_bytes": self.limits.scratch,
                "scratch_files": self.limits.scratch_files,
                "mounts_scratch": False,
                "limits": self.limits.for_kernel(),
                "landlock": "landlock" not in self.without,
                "seccomp": "seccomp" not in self.without,
                **more,
            }
        )


def start_of(
    isolation: Isolation,
    limits: Limits,
    packages: Iterable[str],
    without: Iterable[str],
    descriptors: tuple[int, int],
) -> Start:
    """How the warm process is started; it inherits two descriptors, for control and information.

    Raises DeltaruleError where bubblewrap or a package is not installed.
    """
    control, info = descriptors
    seen = visible_files(packages)
    return started(isolation, Wanted(limits, seen, tuple(without), "zygote", str(control), info))


def started(isolation: Isolation, wanted: Wanted) -> Start:
    """How something is started in this way. Raises DeltaruleError without bubblewrap."""
    makers = {
        Isolation.BUBBLEWRAP: _by_bubblewrap,
        Isolation.NAMESPACES: _by_namespaces,
        Isolation.LIMITS: _by_limits,
    }
    return makers[isolation](wanted)


def _own(seen: VisibleFiles) -> list[str]:
    """Files that imports open: that they are opened is not worth telling."""
    return ["/room/", *(f"{path}/" for pair in seen.binds for path in pair if "/lib" in path)]


def _by_bubblewrap(wanted: Wanted) -> Start:
    program = shutil.which("bwrap")
    if program is None:
        raise DeltaruleError(
            "bubblewrap is not installed", "the program bwrap", "apt-get install bubblewrap"
        )
    seen, limits = wanted.seen, wanted.limits
    words = [program, "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net"]
    words += ["--unshare-uts", "--unshare-cgroup-try", "--uid", "65534", "--gid", "65534"]
    words += ["--as-pid-1", "--new-session", "--cap-drop", "ALL", "--clearenv"]
    words += ["--hostname", "sandbox", "--proc", "/proc", "--info-fd", str(wanted.info)]
    words += ["--die-with-parent"] if wanted.die_with_parent else []
    for outside, inside in seen.binds:
        if os.path.islink(outside):
            words += ["--symlink", os.readlink(outside), inside]
        else:
            words += ["--dev-bind" if outside.startswith("/dev/") else "--ro-bind", outside, inside]
    for folder in seen.covered:
        words += ["--size", "4096", "--tmpfs", folder, "--remount-ro", folder]
    words += ["--size", str(limits.scratch), "--tmpfs", SCRATCH, "--chdir", "/"]
    words += ["--remount-ro", "/"]
    for name, value in ENVIRONMENT.items():
        words += ["--setenv", name, value]
    settings = wanted.settings(["/"], [SCRATCH, "/dev/null"], mounts_scratch=True)
    own = seen.command(["/room", PACKAGES], wanted.entry, wanted.about, settings)
    return Start([*words, "--", *own])


def _by_namespaces(wanted: Wanted) -> Start:
    seen, limits = wanted.seen, wanted.limits
    root = tempfile.mkdtemp(prefix="sandbox-")
    settings = wanted.settings(["/"], [SCRATCH, "/dev/null"])
    plan = {
        "root": root,
        "binds": seen.binds,
        "covered": seen.covered,
        "scratch": SCRATCH,
        "scratch_bytes": limits.scratch,
        "scratch_files": limits.scratch_files,
        "info": wanted.info,
        "command": seen.command(["/room", PACKAGES], wanted.entry, wanted.about, settings),
        "environment": ENVIRONMENT,
    }
    program = Path(__file__).parent / "inside" / "namespaces.py"
    words = [seen.python, "-I", "-S", "-B", str(program), json.dumps(plan)]
    return Start(words, {}, root)


def _by_limits(wanted: Wanted) -> Start:
    seen = wanted.seen
    here = Path(__file__).parent
    sites = {str(Path(outside).parent) for outside, inside in seen.binds if PACKAGES in inside}
    readable = [outside for outside, _ in seen.binds] + ["/proc"]
    folder = tempfile.mkdtemp(prefix="sandbox-")
    # Nothing limits a folder of the system's in size: it is not writable, where Landlock is there.
    settings = wanted.settings([*readable, folder], ["/dev/null"], scratch=folder)
    return Start(
        seen.command([str(here), *sites], wanted.entry, wanted.about, settings),
        dict(ENVIRONMENT),
        folder,
    )


def on_linux() -> bool:
    """Whether there is anything that a sandbox can be made of."""
    return sys.platform == "linux"
