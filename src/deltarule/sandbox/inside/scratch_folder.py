"""The one folder that foreign code may write to: limited in bytes and files, emptied each time."""

from __future__ import annotations

import os
import shutil

from .linux_calls import called

NEWNS, NEWUSER = 0x20000, 0x10000000
RDONLY, NOSUID, NODEV, NOEXEC = 1, 2, 4, 8


def mounted(folder: str, size: int, files: int) -> None:
    """Mount a file system of `size` bytes and so many files on a folder, in namespaces of its own.

    bubblewrap limits bytes alone, and files without bytes take memory, too. The rights that it
    takes stay with the process until they are dropped; /proc, which it needs, is
    covered. Raises OSError where it is not allowed.
    """
    outer = (os.getuid(), os.getgid())
    called("unshare", NEWNS | NEWUSER)
    maps = (
        ("setgroups", "deny"),
        ("uid_map", f"{outer[0]} {outer[0]} 1"),
        ("gid_map", f"{outer[1]} {outer[1]} 1"),
    )
    for name, text in maps:
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)
    data = f"size={size},nr_inodes={files},mode=777".encode()
    called("mount", b"tmpfs", folder.encode(), b"tmpfs", NOSUID | NODEV | NOEXEC, data)
    called("mount", b"tmpfs", b"/proc", b"tmpfs", RDONLY | NOSUID | NODEV, b"size=4k,mode=755")


def emptied(folder: str) -> bool:
    """Take everything out of the scratch folder; whether it is empty."""
    try:
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)
        return not os.listdir(folder)
    except (OSError, RecursionError):
        return False
