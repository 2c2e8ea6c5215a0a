"""Reading a PDF's properties, outline and active content with pypdf; runs in the sandbox only."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, Final

# pypdf loads these when they are there, which takes longer than all the rest; what is read here needs none of them.
for _name in ("cryptography", "Crypto", "PIL", "fontTools"):
    sys.modules.setdefault(_name, None)  # type: ignore[arg-type]  # None stands for a module that must not be found

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # noqa: E402  # likewise, and the library ships no types
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]  # noqa: E402  # likewise
from pypdf import PdfReader  # noqa: E402  # after the lines above
from pypdf.errors import DependencyError, PyPdfError  # noqa: E402  # likewise
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject  # noqa: E402  # likewise

_MOST_CHAPTERS: Final = 500
_DEEPEST: Final = 6
_MOST_NODES: Final = 5_000
"Of a tree of names, and of the pages' annotations."
_MOST_ATTACHMENTS: Final = 50
_MOST_LABELS: Final = 2_000
_PAGES_WITH_ACTIONS: Final = 300
_LONGEST: Final = 500
_LONGEST_CHAIN: Final = 20
_KEPT: Final = ("Title", "Author", "Subject", "Creator", "Producer", "CreationDate", "ModDate")
_ACTIVE: Final = {
    "/JavaScript": "javascript",
    "/Launch": "launch",
    "/SubmitForm": "submit_form",
    "/ImportData": "import_data",
}
_RESTRICTED: Final = {3: "printing", 4: "changing", 5: "copying", 6: "annotating"}
"By the number of the bit that permits it, as the standard counts them."


def warm() -> None:
    """Let the libraries load what they load late."""
    with suppress(PyPdfError):
        main(_saved(pdfium.PdfDocument.new()), {})


def main(content: bytes, _options: dict[str, int]) -> bytes:
    """Return JSON: the fields of PdfStructure; those that cannot be read are missing, and `complete` is false."""
    logging.disable()
    found: dict[str, Any] = {"complete": True}
    reader, found["encryption"] = _opened(content)
    for name, part in (
        ("metadata", _metadata),
        ("active", _active),
        ("attachments", _attachments),
        ("page_labels", _page_labels),
        ("chapters", _chapters),
    ):
        try:
            found[name] = part(reader)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  # pypdf raises anything on damaged files
            found["complete"] = False
    return json.dumps(found).encode()


def _opened(content: bytes) -> tuple[PdfReader, dict[str, Any] | None]:
    """Return a reader of the file without its encryption, and what the encryption was."""
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
    except DependencyError:
        # Only for AES-256 does pypdf need a library of ciphers to try the empty password.
        plain, permits = _unlocked(content)
        return plain, {"method": "AES-256", "restricts": _restricted(permits)}
    encryption = _encryption(_dictionary(reader.trailer.get("/Encrypt")))
    return (_unlocked(content)[0] if encryption else reader), encryption


def _unlocked(content: bytes) -> tuple[PdfReader, int]:
    """Return a reader of an encrypted file as PDFium saves it, without encryption, and what the file permits."""
    document = pdfium.PdfDocument(content)
    permits = int(pdfium_c.FPDF_GetDocPermissions(document))
    return PdfReader(io.BytesIO(_saved(document)), strict=False), permits


def _saved(document: Any) -> bytes:
    plain = io.BytesIO()
    document.save(plain, flags=pdfium_c.FPDF_REMOVE_SECURITY)
    return plain.getvalue()


def _encryption(found: DictionaryObject) -> dict[str, Any] | None:
    if not found:
        return None
    version, bits = int(found.get("/V", 0)), int(found.get("/Length", 40))
    filters = _dictionary(_dictionary(found.get("/CF")).get("/StdCF"))
    method = {"/AESV2": "AES-128", "/AESV3": "AES-256"}.get(str(filters.get("/CFM")))
    return {
        "method": method or f"RC4-{bits if version > 1 else 40}",
        "restricts": _restricted(int(found.get("/P", -1))),
    }


def _restricted(permits: int) -> list[str]:
    return [what for bit, what in _RESTRICTED.items() if not permits >> (bit - 1) & 1]


def _metadata(reader: PdfReader) -> dict[str, str]:
    info = _dictionary(reader.trailer.get("/Info"))
    values = {name: info.get(f"/{name}") for name in _KEPT}
    return {name: _text(value) for name, value in values.items() if isinstance(_plain(value), str)}


def _chapters(reader: PdfReader) -> list[dict[str, Any]]:
    pages = _page_numbers(reader)
    named = dict(_named_destinations(reader))
    labels = _page_labels(reader)
    chapters = []
    for level, item in islice(_outline(_root(reader)), _MOST_CHAPTERS):
        page = pages.get(_target(item, named))
        label = labels[page] if page is not None and page < len(labels) else None
        number = page + 1 if page is not None else None
        chapters.append({"title": _text(item.get("/Title")), "level": level, "page": number, "label": label})
    return chapters


def _outline(root: DictionaryObject) -> Iterator[tuple[int, DictionaryObject]]:
    """Yield the items of the outline in reading order, each once, whatever loops there are."""
    seen: set[int] = set()
    waiting = [(1, _dictionary(root.get("/Outlines")).get("/First"))]
    while waiting and len(seen) < _MOST_NODES:
        level, reference = waiting.pop()
        item = _dictionary(reference)
        if not item or _identity(reference, item) in seen:
            continue
        seen.add(_identity(reference, item))
        yield level, item
        waiting.append((level, item.get("/Next")))
        if level < _DEEPEST:
            waiting.append((level + 1, item.get("/First")))


def _target(item: DictionaryObject, named: dict[str, Any]) -> int:
    """Return the number of the page object that an item leads to, or -1."""
    action = _dictionary(item.get("/A"))
    place = item.get("/Dest") or (action.get("/D") if action.get("/S") == "/GoTo" else None)
    place = _plain(place)
    if isinstance(place, str):
        place = _plain(named.get(place))
    if isinstance(place, DictionaryObject):
        place = _plain(place.get("/D"))
    page = place[0] if isinstance(place, ArrayObject) and place else None
    return page.idnum if isinstance(page, IndirectObject) else -1


def _page_numbers(reader: PdfReader) -> dict[int, int]:
    references = (page.indirect_reference for page in reader.pages)
    return {each.idnum: number for number, each in enumerate(references) if each is not None}


def _page_labels(reader: PdfReader) -> list[str]:
    """Return what is printed for each page, if that is not its number."""
    if "/PageLabels" not in _root(reader):
        return []
    labels = [_text(label)[:20] for label in reader.page_labels[:_MOST_LABELS]]
    return labels if labels != [str(number) for number in range(1, len(labels) + 1)] else []


def _attachments(reader: PdfReader) -> list[str]:
    tree = _dictionary(_dictionary(_root(reader).get("/Names")).get("/EmbeddedFiles"))
    in_tree = (_dictionary(value) for _, value in _names(tree))
    pinned = (_dictionary(note.get("/FS")) for note in _notes(reader) if note.get("/Subtype") == "/FileAttachment")
    files = [*islice(in_tree, _MOST_ATTACHMENTS), *islice(pinned, _MOST_ATTACHMENTS)]
    names = (_text(file.get("/UF") or file.get("/F") or "") or "without a name" for file in files)
    return list(dict.fromkeys(names))[:_MOST_ATTACHMENTS]


def _active(reader: PdfReader) -> list[str]:
    root = _root(reader)
    found = {_ACTIVE.get(str(action.get("/S"))) for action in _actions(reader, root)}
    if "/JavaScript" in _dictionary(root.get("/Names")):
        found.add("javascript")
    if "/XFA" in _dictionary(root.get("/AcroForm")):
        found.add("xfa")
    return sorted(kind for kind in found if kind)


def _actions(reader: PdfReader, root: DictionaryObject) -> Iterator[DictionaryObject]:
    yield from _chain(root.get("/OpenAction"))
    pages = islice(reader.pages, _PAGES_WITH_ACTIONS)
    for owner in (root, *pages, *_notes(reader), *_fields(root)):
        yield from _chain(owner.get("/A"))
        for trigger in _dictionary(owner.get("/AA")).values():
            yield from _chain(trigger)
    for _, item in _outline(root):
        yield from _chain(item.get("/A"))


def _chain(first: Any) -> Iterator[DictionaryObject]:
    """Yield an action and those that follow it."""
    waiting = [first]
    for _ in range(_LONGEST_CHAIN):
        if not waiting:
            return
        action = _plain(waiting.pop())
        if isinstance(action, ArrayObject):
            waiting += action[:_LONGEST_CHAIN]
        elif isinstance(action, DictionaryObject):
            yield action
            waiting.append(action.get("/Next"))


def _notes(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Yield the annotations of the first pages."""
    pages = islice(reader.pages, _PAGES_WITH_ACTIONS)
    notes = (_dictionary(note) for page in pages for note in _array(page.get("/Annots"))[:_MOST_NODES])
    return islice(notes, _MOST_NODES)


def _fields(root: DictionaryObject) -> Iterator[DictionaryObject]:
    """Yield the fields of the form, each once."""
    seen: set[int] = set()
    waiting = list(_array(_dictionary(root.get("/AcroForm")).get("/Fields"))[:_MOST_NODES])
    while waiting and len(seen) < _MOST_NODES:
        reference = waiting.pop()
        field = _dictionary(reference)
        if field and _identity(reference, field) not in seen:
            seen.add(_identity(reference, field))
            yield field
            waiting += _array(field.get("/Kids"))[:_MOST_NODES]


def _named_destinations(reader: PdfReader) -> Iterator[tuple[str, Any]]:
    root = _root(reader)
    yield from islice(_dictionary(root.get("/Dests")).items(), _MOST_NODES)
    yield from _names(_dictionary(_dictionary(root.get("/Names")).get("/Dests")))


def _names(tree: DictionaryObject) -> Iterator[tuple[str, Any]]:
    """Yield the pairs of a tree of names; a node is visited once."""
    seen: set[int] = set()
    waiting: list[Any] = [tree]
    count = 0
    while waiting and len(seen) < _MOST_NODES and count < _MOST_NODES:
        reference = waiting.pop()
        node = _dictionary(reference)
        if _identity(reference, node) in seen:
            continue
        seen.add(_identity(reference, node))
        pairs = _array(node.get("/Names"))
        for name, value in zip(pairs[::2], pairs[1::2], strict=False):
            count += 1
            yield str(_plain(name)), value
        waiting += _array(node.get("/Kids"))[:_MOST_NODES]


def _root(reader: PdfReader) -> DictionaryObject:
    return _dictionary(reader.trailer.get("/Root"))


def _identity(reference: Any, item: DictionaryObject) -> int:
    return reference.idnum if isinstance(reference, IndirectObject) else -id(item)


def _plain(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _dictionary(value: Any) -> DictionaryObject:
    found = _plain(value)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _array(value: Any) -> Any:
    found = _plain(value)
    return found if isinstance(found, ArrayObject) else ArrayObject()


def _text(value: Any) -> str:
    found = _plain(value)
    return str(found)[:_LONGEST] if isinstance(found, str) else ""
