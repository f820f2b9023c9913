"""The walls, tried from inside: each test starts a process that walls itself in and then tries to get out."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
TRIES = """
import json, os, socket, sys
sys.path.append(sys.argv[1])
from audio.decoder import confine
from audio.decoder.limits import Limits
parent, port, found = os.getppid(), int(sys.argv[2]), {}
open_before = os.open("/etc/hostname", os.O_RDONLY)
walls = confine.limit(Limits(memory_bytes=512 * 1024**2, output_bytes=1000)) | confine.seal()

def attempt(name, action):
    try:
        action()
        found[name] = "done"
    except BaseException as error:
        found[name] = type(error).__name__

def connect():
    with socket.socket() as s:
        s.settimeout(2)
        s.connect(("127.0.0.1", port))

def child():
    if os.fork() == 0:
        os._exit(0)

attempt("connect", connect)
attempt("read a file", lambda: open("/etc/passwd").close())
attempt("write a file", lambda: open("/tmp/outside", "w").close())
attempt("list a directory", lambda: os.listdir("/"))
attempt("read an open file", lambda: os.pread(open_before, 10, 0))
attempt("signal the parent", lambda: os.kill(parent, 0))
attempt("start a process", child)
attempt("take much memory", lambda: bytearray(1024**3))
print(json.dumps({"walls": sorted(walls), "found": found}))
"""


@pytest.fixture(scope="module")
def tried() -> dict[str, Any]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-I", "-c", TRIES, str(ROOT), str(port)],
            capture_output=True,
            check=True,
            timeout=30,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
    return answer


def test_the_plain_walls_always_stand(tried: dict[str, Any]) -> None:
    assert {"rlimits", "no_new_privs"} <= set(tried["walls"])
    assert tried["found"]["take much memory"] == "MemoryError"


def test_there_is_no_way_into_the_network(tried: dict[str, Any]) -> None:
    assert {"netns", "landlock"} & set(tried["walls"])
    assert tried["found"]["connect"] in {"OSError", "PermissionError"}


def test_no_path_can_be_opened_but_open_files_work(tried: dict[str, Any]) -> None:
    assert "landlock" in tried["walls"]
    assert tried["found"]["read a file"] == "PermissionError"
    assert tried["found"]["write a file"] == "PermissionError"
    assert tried["found"]["list a directory"] == "PermissionError"
    assert tried["found"]["read an open file"] == "done"


def test_when_root_started_it_it_is_nobody(tried: dict[str, Any]) -> None:
    if "user" in tried["walls"]:
        assert tried["found"]["signal the parent"] == "PermissionError"
        assert tried["found"]["start a process"] == "BlockingIOError"
