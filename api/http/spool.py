"""Where the files of a request wait: one after another in a single temporary file.

The stock request opens one for each. A thousand photos would be more than a process may have open by default, and more
than the server can listen beside; below half a megabyte each, they would be in memory.
"""

import io
import os
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO, cast

from flask import Request


class SpooledRequest(Request):
    """A request that opens one file, however many it brings."""

    _spool: BinaryIO | None = None

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 - werkzeug asks like this
        content_type: str | None,  # noqa: ARG002 - likewise
        filename: str | None = None,  # noqa: ARG002 - likewise
        content_length: int | None = None,  # noqa: ARG002 - likewise
    ) -> IO[bytes]:
        if self._spool is None:
            self._spool = cast(BinaryIO, TemporaryFile())  # noqa: SIM115 - closed with the request
        return cast(IO[bytes], _Part(self._spool))

    def close(self) -> None:
        """Close everything; what was uploaded is gone."""
        super().close()
        if self._spool is not None:
            self._spool.close()


class _Part(io.RawIOBase):
    """A file within a file, from its end on; it is written whole before the next begins."""

    def __init__(self, whole: BinaryIO) -> None:
        self._whole = whole
        self._start = whole.seek(0, os.SEEK_END)
        self._size = self._at = 0

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        return self._at

    def write(self, data: Any) -> int:
        self._whole.seek(self._start + self._at)
        written = self._whole.write(data)
        self._at += written
        self._size = max(self._size, self._at)
        return written

    def read(self, amount: int = -1) -> bytes:
        left = max(self._size - self._at, 0)
        self._whole.seek(self._start + self._at)
        content = self._whole.read(left if amount < 0 else min(amount, left))
        self._at += len(content)
        return content
