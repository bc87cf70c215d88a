"""seccomp: calls of the kernel that foreign code gets EPERM for.

No socket, no process, no thread, no signal to another, no shared memory, no mount, no tracing. The
filter is a list of instructions for the kernel, written out here: the library for it needs another
in C, which is not everywhere.
"""

from __future__ import annotations

import ctypes
import platform
import struct

from .linux_calls import PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, address, prctl

EPERM, ENOSYS = 1, 38
#: The call by its numbers on x86-64 and on aarch64; 0 where it does not exist.
DENIED = (
    ("socket", 41, 198), ("connect", 42, 203), ("accept", 43, 202), ("sendmsg", 46, 211),
    ("bind", 49, 200), ("listen", 50, 201), ("socketpair", 53, 199), ("accept4", 288, 242),
    ("sendmmsg", 307, 269),
    ("clone", 56, 220), ("fork", 57, 0), ("vfork", 58, 0), ("execve", 59, 221),
    ("execveat", 322, 281), ("kill", 62, 129), ("tkill", 200, 130), ("tgkill", 234, 131),
    ("rt_sigqueueinfo", 129, 138), ("rt_tgsigqueueinfo", 297, 240),
    ("pidfd_send_signal", 424, 424), ("pidfd_open", 434, 434), ("pidfd_getfd", 438, 438),
    ("ptrace", 101, 117), ("process_vm_readv", 310, 270), ("process_vm_writev", 311, 271),
    ("kcmp", 312, 272), ("process_madvise", 440, 440), ("process_mrelease", 448, 448),
    ("perf_event_open", 298, 241), ("userfaultfd", 323, 282), ("bpf", 321, 280),
    ("shmget", 29, 194), ("shmat", 30, 196), ("shmctl", 31, 195), ("semget", 64, 190),
    ("semop", 65, 193), ("semctl", 66, 191), ("semtimedop", 220, 192), ("msgget", 68, 186),
    ("msgsnd", 69, 189), ("msgrcv", 70, 188), ("msgctl", 71, 187), ("mq_open", 240, 180),
    ("memfd_create", 319, 279), ("memfd_secret", 447, 447),
    ("mount", 165, 40), ("umount2", 166, 39), ("pivot_root", 155, 41), ("chroot", 161, 51),
    ("unshare", 272, 97), ("setns", 308, 268), ("open_tree", 428, 428), ("move_mount", 429, 429),
    ("fsopen", 430, 430), ("fsconfig", 431, 431), ("fsmount", 432, 432), ("fspick", 433, 433),
    ("mount_setattr", 442, 442), ("name_to_handle_at", 303, 264),
    ("open_by_handle_at", 304, 265), ("fanotify_init", 300, 262), ("quotactl", 179, 60),
    ("quotactl_fd", 443, 443), ("acct", 163, 89), ("swapon", 167, 224), ("swapoff", 168, 225),
    ("add_key", 248, 217), ("request_key", 249, 218), ("keyctl", 250, 219),
    ("io_uring_setup", 425, 425), ("io_uring_enter", 426, 426), ("io_uring_register", 427, 427),
    ("sched_setparam", 142, 118), ("sched_setscheduler", 144, 119),
    ("sched_setaffinity", 203, 122), ("sched_setattr", 314, 274), ("setpriority", 141, 140),
    ("migrate_pages", 256, 238), ("move_pages", 279, 239), ("mbind", 237, 235),
    ("set_mempolicy", 238, 237), ("personality", 135, 92), ("syslog", 103, 116),
    ("settimeofday", 164, 170), ("clock_settime", 227, 112), ("adjtimex", 159, 171),
    ("clock_adjtime", 305, 266), ("sethostname", 170, 161), ("setdomainname", 171, 162),
    ("reboot", 169, 142), ("kexec_load", 246, 104), ("kexec_file_load", 320, 294),
    ("init_module", 175, 105), ("finit_module", 313, 273), ("delete_module", 176, 106),
    ("iopl", 172, 0), ("ioperm", 173, 0), ("vhangup", 153, 58),
)  # fmt: skip
CLONE3, NEWEST = 435, 461
#: prlimit64, which may be asked about the process itself alone.
PRLIMIT = {"x86_64": 302, "aarch64": 261}
_MACHINES = {"x86_64": (0xC000003E, 1), "aarch64": (0xC00000B7, 2)}
_LOAD, _EQUAL, _ABOVE, _RETURN = 0x20, 0x15, 0x25, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000


class _Program(ctypes.Structure):
    _fields_ = [("count", ctypes.c_ushort), ("code", ctypes.c_void_p)]


def instructions(machine: str) -> bytes:
    """The filter for a kind of machine; empty where it is not known."""
    if machine not in _MACHINES:
        return b""
    architecture, column = _MACHINES[machine]
    denied = [row[column] for row in DENIED if row[column]]
    code = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_ABOVE, 0, 1, NEWEST),
        (_RETURN, 0, 0, _ERRNO | ENOSYS),
        (_EQUAL, 0, 1, CLONE3),
        (_RETURN, 0, 0, _ERRNO | ENOSYS),
    ]
    for number in denied:
        code += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | EPERM)]
    code += [(_EQUAL, 0, 3, PRLIMIT[machine]), (_LOAD, 0, 0, 16)]
    code += [(_EQUAL, 1, 0, 0), (_RETURN, 0, 0, _ERRNO | EPERM), (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("<HBBI", *row) for row in code)


def install() -> bool:
    """Filter the calls of this process from now on; whether that is done.

    Raises OSError where the kernel knows the filter and does not take it.
    """
    code = instructions(platform.machine())
    if not code:
        return False
    kept = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(kept))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_SECCOMP, 2, address(program))
    return True


def available() -> bool:
    """Whether there is a filter for this machine."""
    return platform.machine() in _MACHINES
