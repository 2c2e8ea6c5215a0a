from datetime import date

import pytest
from pypdf import PdfWriter
from pypdf.constants import UserAccessPermissions
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from clients.files import sandbox
from clients.files.pdf_reader import PdfReader
from clients.files.pdf_structure import UNREAD
from schemas.datasheet import Verdict
from schemas.errors import Refused
from schemas.pdf import MAX_CHAPTERS, MAX_LEVEL, ActiveContent, Chapter
from settings.groups import PdfSettings
from tests.support import pdfs
from tests.support.data import data_folder

READER = PdfReader(PdfSettings())
STRICT = PdfReader(PdfSettings(refuse_active=True))
SCRIPT = TextStringObject("app.alert(1)")


def titles(content: bytes) -> list[str]:
    return [chapter.title for chapter in READER.describe(content).chapters]


def active(content: bytes) -> tuple[ActiveContent, ...]:
    return READER.describe(content).properties.active


def test_chapters_have_level_page_and_label() -> None:
    found = READER.describe(pdfs.chaptered())
    labels = {1: "i", 2: "1", 3: "2"}
    assert found.chapters == tuple(
        Chapter(title=title, level=level, page=page, label=labels[page]) for title, level, page in pdfs.CHAPTERS
    )
    assert found.properties.page_labels == ("i", "1", "2")


def test_properties_are_read() -> None:
    found = READER.describe(pdfs.chaptered()).properties
    assert (found.title, found.author, found.created) == ("LM358", "A Maker", date(2024, 3, 5))
    assert found.producer == "A program"
    assert found.complete
    assert found.encryption is None


def test_chapter_leads_through_a_named_destination() -> None:
    def change(writer: PdfWriter) -> None:
        writer.add_named_destination(title="ratings", page_number=1)
        top = DictionaryObject({NameObject("/Title"): TextStringObject("Ratings")})
        top[NameObject("/Dest")] = TextStringObject("ratings")
        outlines = DictionaryObject({NameObject("/First"): writer._add_object(top)})
        writer.root_object[NameObject("/Outlines")] = writer._add_object(outlines)

    (chapter,) = READER.describe(pdfs.written(change)).chapters
    assert (chapter.title, chapter.page) == ("Ratings", 2)


def test_outline_that_leads_back_ends() -> None:
    assert titles(pdfs.looping()) == ["one", "two", "three"]


def test_deep_outline_is_cut() -> None:
    assert titles(pdfs.deep(300)) == [f"level {level}" for level in range(1, MAX_LEVEL + 1)]


def test_long_outline_is_cut() -> None:
    content = pdfs.outline(lambda _, __: None, [f"chapter {number}" for number in range(2000)])
    assert titles(content) == [f"chapter {number}" for number in range(MAX_CHAPTERS)]


def test_absurd_titles_become_lines() -> None:
    given = ["", "\x00\x07", "\u202eevil\u202c\ntwo\tlines", "x" * 100_000, "\u200e\ufeff fine"]
    found = titles(pdfs.outline(lambda _, __: None, given))
    assert found[0] == "evil two lines"
    assert found[1] == "x" * 200
    assert found[2:] == ["fine"]


def test_chapter_without_a_page_has_none() -> None:
    assert READER.describe(pdfs.outline(lambda _, __: None, ["nowhere"])).chapters[0].page is None


@pytest.mark.parametrize("password", ["", "owner only"])
@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128"])
def test_encrypted_file_that_opens_is_described(algorithm: str, password: str) -> None:
    def change(writer: PdfWriter) -> None:
        writer.add_outline_item(title="Ratings", page_number=1)
        writer.encrypt(
            "", owner_password=password or None, algorithm=algorithm, permissions_flag=UserAccessPermissions.PRINT
        )

    found = READER.describe(pdfs.written(change))
    assert found.properties.encryption is not None
    assert found.properties.encryption.method == algorithm
    assert found.properties.encryption.restricts == ("changing", "copying", "annotating")
    assert found.chapters == (Chapter(level=1, title="Ratings", page=2),)


def test_strong_encryption_needs_no_further_library() -> None:
    folder = data_folder("pdfs")
    found = READER.describe((folder / "datasheets_bulk" / "vit_FGH40N60SFD_40A_600V_igbt.pdf").read_bytes())
    assert found.properties.encryption is not None
    assert found.properties.encryption.method == "AES-256"
    assert found.properties.complete


def test_attachments_are_named() -> None:
    content = pdfs.written(lambda writer: writer.add_attachment("evil.exe", b"MZ"))
    assert READER.describe(content).properties.attachments == ("evil.exe",)


def test_tree_that_holds_itself_ends() -> None:
    assert READER.describe(pdfs.named_tree_loop()).properties.attachments == ()


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("JavaScript", ActiveContent.JAVASCRIPT),
        ("Launch", ActiveContent.LAUNCH),
        ("SubmitForm", ActiveContent.SUBMIT_FORM),
        ("ImportData", ActiveContent.IMPORT_DATA),
    ],
)
def test_action_on_opening_is_active(kind: str, found: ActiveContent) -> None:
    assert active(pdfs.with_root(OpenAction=pdfs.action(kind, JS=SCRIPT))) == (found,)


def test_action_after_a_harmless_one_is_active() -> None:
    later = ArrayObject([pdfs.action("GoTo"), pdfs.action("Launch")])
    assert active(pdfs.with_root(OpenAction=pdfs.action("GoTo", Next=later))) == (ActiveContent.LAUNCH,)


def test_action_of_a_page_or_a_note_is_active() -> None:
    def of_page(writer: PdfWriter) -> None:
        triggers = DictionaryObject({NameObject("/O"): pdfs.action("JavaScript", JS=SCRIPT)})
        writer.pages[2][NameObject("/AA")] = triggers

    def of_note(writer: PdfWriter) -> None:
        note = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): pdfs.action("Launch")})
        writer.pages[1][NameObject("/Annots")] = ArrayObject([note])

    assert active(pdfs.written(of_page)) == (ActiveContent.JAVASCRIPT,)
    assert active(pdfs.written(of_note)) == (ActiveContent.LAUNCH,)


def test_scripts_and_forms_of_the_document_are_active() -> None:
    scripts = DictionaryObject({NameObject("/JavaScript"): DictionaryObject()})
    assert active(pdfs.with_root(Names=scripts)) == (ActiveContent.JAVASCRIPT,)
    form = DictionaryObject({NameObject("/XFA"): TextStringObject("<xdp/>")})
    assert active(pdfs.with_root(AcroForm=form)) == (ActiveContent.XFA,)


def test_links_are_not_active() -> None:
    assert active(pdfs.with_root(OpenAction=pdfs.action("URI", URI=TextStringObject("https://example.org")))) == ()
    assert active(pdfs.chaptered()) == ()


def test_setting_refuses_active_content() -> None:
    content = pdfs.with_root(OpenAction=pdfs.action("Launch"))
    READER.read(content)
    for reading in (STRICT.read, STRICT.count):
        with pytest.raises(Refused, match="active content \\(launch\\), which PARTFLOW_PDF_REFUSE_ACTIVE") as refused:
            reading(content)
        assert refused.value.code == Verdict.ACTIVE_CONTENT
    assert STRICT.count(pdfs.chaptered()) == 3


def test_setting_refuses_what_cannot_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(STRICT, "describe", lambda _: UNREAD)
    with pytest.raises(Refused, match="what cannot be looked at"):
        STRICT.read(pdfs.chaptered())


@pytest.mark.parametrize(
    "answer", [b"", b"{}", b'{"complete":true,"chapters":[{"level":99,"title":"","page":1,"label":null}]}', b"[" * 9999]
)
def test_answer_in_another_form_is_unread(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    monkeypatch.setattr(sandbox, "run", lambda *_, **__: answer)
    assert READER.describe(b"") == UNREAD


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"%PDF-1.7\n" + b"<<" * 100_000, pdfs.chaptered()[:600]])
def test_damaged_file_is_unread(content: bytes) -> None:
    assert not READER.describe(content).properties.complete


def test_file_that_takes_too_long_is_unread() -> None:
    assert PdfReader(PdfSettings(timeout_seconds=0.01)).describe(pdfs.chaptered()) == UNREAD


def test_huge_numbers_cost_little() -> None:
    labels = DictionaryObject({NameObject("/Nums"): ArrayObject([NumberObject(2**31), NumberObject(2**31)])})
    content = pdfs.with_root(PageLabels=labels, PageMode=NumberObject(2**31))

    assert READER.describe(content).properties.complete


def test_hostile_files_are_described_or_unread() -> None:
    folder = data_folder("pdfs") / "hostile"
    for file in sorted(folder.glob("*.pdf"))[::4]:
        found = READER.describe(file.read_bytes())
        assert len(found.chapters) <= MAX_CHAPTERS
    assert active((folder / "corkami_launch.pdf").read_bytes()) == (ActiveContent.LAUNCH,)
