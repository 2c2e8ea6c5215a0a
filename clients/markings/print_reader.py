"""Reading the print on a photo, in a child process with limits that is kept between photos."""

from typing import Final, Self

from pydantic import ValidationError

from clients.files import sandbox
from clients.files.warm_sandbox import WarmSandbox
from schemas.errors import Permanent, StepError, Transient
from schemas.markings import Print, TextLine
from settings.groups import OcrSettings

OCR_MISSING: Final = "ocr_missing"
_MALLOC: Final = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "16000000",
    "MALLOC_TRIM_THRESHOLD_": "100000000",
}
"One heap, and thresholds that stay: as glibc chooses them, the process grows by a quarter over some tens of photos."
_INSTEAD: Final = "take a photo of the label alone, or start part-intake with the number"


class PrintReader:
    """Reads print off prepared photos (upright JPEGs within the limits of the image reader).

    The child is started by the first photo, and again by the first after one that it did not survive.
    """

    def __init__(self, settings: OcrSettings) -> None:
        self._settings = settings
        self._sandbox = WarmSandbox(
            "clients.markings._text_child",
            limits=sandbox.Limits(settings.timeout_seconds, settings.memory_mb, output_mb=1),
            max_requests=settings.max_photos,
            idle_seconds=settings.idle_seconds,
            environment=_MALLOC,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sandbox.close()

    def read(self, jpeg: bytes) -> tuple[TextLine, ...]:
        """Return the lines of print in reading order, whichever way each is turned.

        Raises:
            Permanent: the recogniser is not installed (`ocr_missing`), or it takes too much memory (`ocr_memory`).
            Transient: it takes too long (`ocr_timeout`), its process ends in another way (`ocr_died`), or that could
                not be started (`sandbox_unavailable`).
        """
        try:
            answer = Print.model_validate_json(self._sandbox.ask(jpeg))
        except (sandbox.SandboxError, ValidationError) as error:
            # One that answers in no known form may have been taken over.
            self._sandbox.close()
            raise self._explained(error) from error
        if not answer.installed:
            raise Permanent(OCR_MISSING, "reading print needs the extra 'ocr' (rapidocr and onnxruntime); install it")
        return answer.lines

    def _explained(self, error: Exception) -> StepError:
        limits = self._settings
        match error:
            case sandbox.TimedOut():
                seconds = limits.timeout_seconds
                return Transient("ocr_timeout", f"reading the print takes over {seconds:g} s; {_INSTEAD}")
            case sandbox.OutOfMemory():
                return Permanent("ocr_memory", f"reading the print takes over {limits.memory_mb} MB; {_INSTEAD}")
            case sandbox.NotStarted():
                return Transient("sandbox_unavailable", str(error))
            case sandbox.SandboxError():
                return Transient(
                    "ocr_died", f"the process that reads print is gone ({error}); resume the run, or {_INSTEAD}"
                )
        return Transient("ocr_died", f"the process that reads print answered in no known form; {_INSTEAD}")
