"""The recogniser of print, rapidocr on onnxruntime: nothing else imports either."""

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from schemas.errors import Permanent

if TYPE_CHECKING:
    from rapidocr import RapidOCR

_THREADS: Final = 1
"""A second one would wait for the first in a loop: a photo would take half as much again of the processors.

More photos at a time are read by more workers."""
_READ_WHEN_LOADED: Final = {
    # onnxruntime tells its maker about each model that is loaded, and keeps an identifier in the user's cache, unless:
    "ORT_DISABLE_TELEMETRY": "1",
    # numpy's library takes a thread, and address space for it, for each processor.
    "OPENBLAS_NUM_THREADS": str(_THREADS),
}

_STEPS: Final = ("Det", "Rec")
_MISSING: Final = "reading print needs the extra 'ocr' (rapidocr and onnxruntime)"


def models_of_print() -> dict[str, Path]:
    """Return the files of the models by what they do: Det finds lines, Rec reads them.

    Raises:
        Permanent: they are not installed (`ocr_missing`).
    """
    package = find_spec("rapidocr")
    folder = Path(package.origin).parent / "models" if package and package.origin else None
    # A path keeps the library from downloading what it misses.
    found = {step: next(folder.glob(f"*_{step.lower()}_*.onnx"), None) if folder else None for step in _STEPS}
    models = {step: path for step, path in found.items() if path}
    if len(models) < len(_STEPS):
        raise Permanent("ocr_missing", _MISSING)
    return models


@cache
def recogniser() -> "RapidOCR":
    """Return the recogniser, loaded once per process.

    Raises:
        Permanent: it is not installed (`ocr_missing`).
    """
    os.environ.update(_READ_WHEN_LOADED)
    paths = models_of_print()
    try:
        import cv2
        import onnxruntime  # type: ignore[import-untyped]  # it ships no types
        from rapidocr import RapidOCR
    except ModuleNotFoundError as error:
        raise Permanent("ocr_missing", _MISSING) from error
    onnxruntime.set_default_logger_severity(4)
    cv2.setNumThreads(0)
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.text_score": 0.0,
            "Det.limit_side_len": 32,
            "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
        }
        | {f"{step}.model_path": str(path) for step, path in paths.items()}
    )
