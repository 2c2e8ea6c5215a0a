"""Steps that decode and read photos."""

import structlog
from sqlalchemy.orm import Session

from clients.markings.print_reader import OCR_MISSING
from clients.object_store import Bucket, content_key
from engine.ledger.ledger import Claim
from engine.step.step import Step
from engine.step.task import as_task
from engine.worker.routes import Queue
from schemas.errors import Permanent, Refused, StepError, Transient
from schemas.intake import PhotoIntakeInput
from schemas.ledger import Gap
from schemas.markings import Code
from schemas.step import PreparedPhoto, ReadPhoto
from services.document import BlobService, PhotoService
from services.identification import parse_distributor_label
from tasks.clients import image_reader, marking_reader, print_reader
from tasks.objects import read, write

_log = structlog.get_logger()

_MATRIX_CODES = frozenset({"datamatrix", "qrcode", "pdf417", "aztec"})


class PreparePhoto(Step[str, PreparedPhoto]):
    """Turn a hostile upload into an upright JPEG."""

    name = "photo.prepare"
    queue = Queue.VISION
    essential = True
    output = PreparedPhoto

    def load(self, session: Session, claim: Claim) -> str:
        """Return the photo's sha256."""
        return PhotoIntakeInput.model_validate(claim.input).photo_sha256

    def work(self, given: str) -> PreparedPhoto:
        """Decode it within limits and store the copy."""
        try:
            photo = image_reader().prepare(read(Bucket.IMAGES, given))
        except Refused as error:
            raise Permanent(error.code, error.detail) from error
        return PreparedPhoto(
            sha256=write(Bucket.IMAGES, photo.jpeg, "image/jpeg"),
            size=len(photo.jpeg),
            width=photo.width,
            height=photo.height,
            look=photo.look,
        )

    def record(self, session: Session, claim: Claim, output: PreparedPhoto) -> None:
        """Keep the copy's blob, and the look of the photo."""
        BlobService.ensure(
            session,
            sha256=output.sha256,
            bucket=Bucket.IMAGES,
            s3_key=content_key(output.sha256),
            size=output.size,
            media_type="image/jpeg",
        )
        PhotoService.record_look(session, PhotoIntakeInput.model_validate(claim.input).photo_sha256, output.look)


class ReadMarkings(Step[PreparedPhoto, ReadPhoto]):
    """Read codes and print, which must not disagree."""

    name = "photo.read"
    queue = Queue.VISION
    essential = True
    output = ReadPhoto

    def load(self, session: Session, claim: Claim) -> PreparedPhoto:
        """Return the prepared copy."""
        return PREPARE_PHOTO.recorded(session, claim.run_id)

    def work(self, given: PreparedPhoto) -> ReadPhoto:
        """Read the exact codes, then the print, which may show another part beside the code's."""
        jpeg = read(Bucket.IMAGES, given.sha256)
        codes = marking_reader().read(jpeg).codes
        try:
            return ReadPhoto(codes=codes, lines=print_reader().read(jpeg))
        except StepError as error:
            # Codes still count, and a photo without one is asked about.
            _log.warning("print is not read", reason=error.code, detail=error.detail)
            return ReadPhoto(codes=codes, unread=None if any(map(_settles, codes)) else self._gap(error))

    def record(self, session: Session, claim: Claim, output: ReadPhoto) -> Gap | None:
        """Say that the print was not read, if it was not."""
        return output.unread

    def _gap(self, error: StepError) -> Gap | None:
        # An installation without a recogniser lacks nothing in each photo.
        if error.code == OCR_MISSING:
            return None
        transient = isinstance(error, Transient)
        return Gap(step=self.name, reason=error.code, detail=error.detail, transient=transient)


def _settles(code: Code) -> bool:
    """Whether a code names the part beyond doubt: a matrix of many checked fields does, a line of bars does not."""
    label = parse_distributor_label(code)
    return label is not None and label.manufacturer_code is not None and code.symbology in _MATRIX_CODES


PREPARE_PHOTO = PreparePhoto()
READ_MARKINGS = ReadMarkings()

prepare_photo = as_task(PREPARE_PHOTO)
read_markings = as_task(READ_MARKINGS)
