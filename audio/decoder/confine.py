"""Walls around the process that decodes: Linux only, each by a plain system call, none undone until it ends.

rlimits       memory, CPU time, file size, open files, no core dump
no_new_privs  no program it might start gains rights
netns         a network of its own with no way out
landlock      no path can be opened, no TCP port bound or reached, no process outside signalled
user          when started by root: nobody, without capabilities and unable to start threads or processes
"""

import ctypes
import os
import resource
import signal
import struct

from audio.decoder.limits import Limits

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_LANDLOCK_CREATE_RULESET, _LANDLOCK_RESTRICT_SELF = 444, 446
_LANDLOCK_CREATE_RULESET_VERSION = 1
_NOBODY = 65534

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def limit(limits: Limits) -> set[str]:
    """The walls that may stand before anything is imported. Returns the names of those that do."""
    caps = {
        resource.RLIMIT_AS: (limits.memory_bytes, limits.memory_bytes),
        resource.RLIMIT_CPU: (limits.cpu_seconds, limits.cpu_seconds + 5),  # the first is told apart: SIGXCPU
        resource.RLIMIT_FSIZE: (limits.output_bytes, limits.output_bytes),
        resource.RLIMIT_NOFILE: (limits.open_files, limits.open_files),
        resource.RLIMIT_CORE: (0, 0),
    }
    for which, cap in caps.items():
        resource.setrlimit(which, cap)
    walls = {"rlimits"}
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        walls.add("no_new_privs")
    if _libc.unshare(_CLONE_NEWNET) == 0 or _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        walls.add("netns")
    return walls


def seal() -> set[str]:
    """The walls behind which no file can be opened any more: everything must be imported and warmed up."""
    walls = set()
    if _landlock():
        walls.add("landlock")
    if os.geteuid() == 0 and _become_nobody():
        walls.add("user")
    # Told to die with its parent last: changing user forgets it.
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return walls


def _landlock() -> bool:
    """A ruleset that handles every right the kernel knows and grants none. Open descriptors keep working."""
    version = _libc.syscall(
        _LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), _LANDLOCK_CREATE_RULESET_VERSION
    )
    if version < 1:
        return False
    rights = {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)
    rules = struct.pack("=Q", (1 << rights) - 1)
    if version >= 4:
        rules += struct.pack("=Q", 0b11)  # bind and connect TCP
    if version >= 6:
        rules += struct.pack("=Q", 0b11)  # abstract Unix sockets and signals
    ruleset = _libc.syscall(_LANDLOCK_CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), 0)
    if ruleset < 0:
        return False
    done = _libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return bool(done)


def _become_nobody() -> bool:
    try:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    except (OSError, ValueError):  # a user namespace without these ids
        return False
    return True
