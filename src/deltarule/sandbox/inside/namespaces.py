"""Namespaces without bubblewrap: own users, processes, mounts, network, then the warm process.

Run as a program, by its path, with the plan as JSON: what is bound where, the scratch folder's
size, and the command. It uses nothing but the standard library.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
RDONLY, NOSUID, NODEV, REMOUNT, NOATIME, BIND, REC = 1, 2, 4, 32, 1024, 4096, 16384
PRIVATE, DETACH, PDEATHSIG = 1 << 18, 2, 1
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
#: Nobody, inside.
USER = 65534
_libc = ctypes.CDLL(None, use_errno=True)


def _called(found: int, words: str) -> None:
    if found < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{words}: {os.strerror(number)}")


def _mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    texts = (source.encode(), target.encode(), kind.encode())
    found = _libc.mount(*texts, ctypes.c_ulong(flags), data.encode())
    _called(found, f"mounting {source} on {target}")


def _bind(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    _mount(source, target, flags=BIND | REC)
    # What is set on the source's mount must stay, or the kernel refuses.
    now = os.statvfs(target).f_flag
    kept = now & (NOSUID | NODEV | os.ST_NOEXEC) | (NOATIME if now & os.ST_NOATIME else 0)
    _mount("none", target, flags=BIND | REMOUNT | RDONLY | NOSUID | kept)


def _new_root(plan: dict) -> None:
    _mount("none", "/", flags=REC | PRIVATE)
    root = plan["root"]
    _mount("tmpfs", root, "tmpfs", NOSUID | NODEV, "size=1m,mode=755")
    for source, target in plan["binds"]:
        if os.path.islink(source):
            os.makedirs(os.path.dirname(root + target), exist_ok=True)
            os.symlink(os.readlink(source), root + target)
        else:
            _bind(source, root + target)
    for target in plan["covered"]:
        if os.path.isdir(root + target):
            _mount("tmpfs", root + target, "tmpfs", NOSUID | NODEV | RDONLY, "size=4k,mode=755")
    scratch = root + plan["scratch"]
    os.makedirs(scratch)
    size = f"size={plan['scratch_bytes']},nr_inodes={plan['scratch_files']},mode=777"
    _mount("tmpfs", scratch, "tmpfs", NOSUID | NODEV | os.ST_NOEXEC, size)
    os.makedirs(root + "/old")
    os.chdir(root)
    pivot = PIVOT_ROOT[os.uname().machine]
    _called(_libc.syscall(pivot, b".", b"old"), "changing the root")
    os.chdir("/")
    _called(_libc.umount2(b"/old", DETACH), "leaving the old root")
    os.rmdir("/old")
    _mount("none", "/", flags=REMOUNT | RDONLY | NOSUID | NODEV)


def _own_users() -> None:
    outer = (os.getuid(), os.getgid())
    every = NEWNS | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET
    _called(_libc.unshare(every), "unshare")
    texts = (
        ("setgroups", "deny"),
        ("uid_map", f"{USER} {outer[0]} 1"),
        ("gid_map", f"{USER} {outer[1]} 1"),
    )
    for name, text in texts:
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def main() -> None:
    """Enter namespaces and start the command in them as process 1; end as it ends."""
    plan = json.loads(sys.argv[1])
    _own_users()
    pid = os.fork()
    if pid:
        os.write(plan["info"], json.dumps({"child-pid": pid}).encode())
        os.close(plan["info"])
        os.closerange(3, 64)
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        os._exit(code if code >= 0 else 128 - code)
    os.close(plan["info"])
    _new_root(plan)
    _libc.prctl(PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.execve(plan["command"][0], plan["command"], plan["environment"])


if __name__ == "__main__":
    main()
