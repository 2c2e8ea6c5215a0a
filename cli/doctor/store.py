"""Looking at the object store."""

import os
import re
from typing import Final

from cli.doctor.examination import Examination, Seen, broken, fine
from schemas.errors import StepError
from settings import Settings
from settings.groups import StoreKind

_REASONS: Final = (
    ("RequestTimeTooSkewed", "the object store's clock and this machine's differ",
     "let both machines take their time from a time server"),
    ("InvalidAccessKeyId", "the object store does not know the access key", "correct PARTFLOW_STORE_ACCESS_KEY"),
    ("SignatureDoesNotMatch", "the object store refuses the secret key", "correct PARTFLOW_STORE_SECRET_KEY"),
    ("AccessDenied|403", "the object store does not let this access key use the buckets",
     "give it the permission, or correct PARTFLOW_STORE_ACCESS_KEY"),
    ("CERTIFICATE|certificate", "the object store's certificate is of no authority that is known here",
     "name its authority in PARTFLOW_STORE_CA_FILE"),
)  # fmt: skip
"What is in the message, what it means, and what helps."


def _store(settings: Settings) -> Seen:
    store = settings.store
    if store.kind == StoreKind.FOLDER:
        if store.folder.is_dir() and not os.access(store.folder, os.W_OK):
            return broken(
                f"{store.folder} cannot be written to", "give it to this account, or set PARTFLOW_STORE_FOLDER"
            )
        return fine(f"files in {store.folder}")
    # Imported late, because a doctor of one machine should not wait for boto3.
    from clients.object_store.buckets import bucket_states

    try:
        states = bucket_states(store)
    except StepError as error:
        return _refused(str(error))
    for state in states:
        if not state.exists:
            return broken(
                f"the bucket {state.name} does not exist", "start the API, which makes it, or make it yourself"
            )
    plain = [state.name for state in states if not state.versioned]
    if store.versioning and plain:
        detail = f"the bucket {plain[0]} keeps no old versions, although PARTFLOW_STORE_VERSIONING asks for them"
        return broken(detail, "restart the API, which turns versioning on, or turn it on yourself")
    return fine(f"{store.endpoint_url or 'S3'}: {', '.join(state.name for state in states)}")


def _refused(message: str) -> Seen:
    for sign, detail, way_out in _REASONS:
        if re.search(sign, message):
            return broken(detail, way_out)
    return broken(message, "start it, or correct PARTFLOW_STORE_ENDPOINT_URL")


EXAMINATIONS: Final = (Examination("object store", _store),)
