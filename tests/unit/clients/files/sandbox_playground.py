"""What a parser that was taken over might do; called in the sandbox by its tests only."""

import ctypes
import os
import socket
import sys
import time

FOLDER = os.getcwd()  # noqa: PTH109  # what the kernel says is asked for


def warm() -> None:
    """Nothing is loaded later."""


def main(content: bytes, options: dict[str, int]) -> bytes:
    match content:
        case b"environment":
            return str([name for name in os.environ if name != "LC_CTYPE"]).encode()
        case b"folder":
            return FOLDER.encode()
        case b"pid":
            return str(os.getpid()).encode()
        case b"print":
            print("not an answer", flush=True)
        case b"leave":
            sys.exit(0)
        case b"sleep":
            time.sleep(600)
        case b"try a socket":
            socket.socketpair()
        case b"spin":
            while True:
                pass
        case b"hoard":
            return bytes(1 << 30)[:1]
        case b"segfault":
            ctypes.string_at(0)
        case b"raise":
            raise ValueError("no")
        case b"flood":
            return bytes(5 << 20)
    return content * options.get("double", 1)
