"""How two files of one datasheet differ."""

from schemas.datasheet import Edition, PageChange, RevisionChanges
from services.datasheet.changes import changes_between

HEAD = "ACME Semiconductors   NE555 datasheet"
PAGES = ["NE555 timer\nfeatures", "pins\n1 GND\n2 TRIG", "ratings\nsupply 16 V", "ordering\nNE555P"]


def printed(pages: list[str], *, foot: str) -> list[str]:
    return [f"{HEAD}\n{page}\n{foot} page {number}" for number, page in enumerate(pages, 1)]


def compare(before: list[str], after: list[str]) -> RevisionChanges:
    editions = Edition(revision="A", pages=len(before)), Edition(revision="B", date="2024-03", pages=len(after))
    return changes_between(printed(before, foot="Rev A"), printed(after, foot="Rev B"), editions=editions)


def test_running_heads_and_feet_are_no_change() -> None:
    found = compare(PAGES, PAGES)
    assert (found.changed, found.added, found.removed) == ((), (), ())
    assert found.summary == "revision A, 4 pages → revision B of 2024-03, 4 pages; no page's text changed"


def test_changed_page_is_named_with_what_is_new_on_it() -> None:
    found = compare(PAGES, [*PAGES[:2], "ratings\nsupply 18 V", PAGES[3]])
    assert found.changed == (PageChange(page=3, before=3, share=0.5, says="supply 18 V"),)
    assert found.summary.endswith("; changed: page 3")


def test_pages_that_moved_are_the_same() -> None:
    found = compare(PAGES, [PAGES[0], "errata\nnew text", *PAGES[1:]])
    assert (found.changed, found.added, found.removed) == ((), (2,), ())


def test_page_that_went_is_named_by_its_old_number() -> None:
    found = compare(PAGES, PAGES[:3])
    assert (found.changed, found.added, found.removed) == ((), (), (4,))
    assert found.summary.endswith("removed: page 4 of the earlier file")


def test_pages_without_text_are_the_same() -> None:
    edition = Edition(pages=2)
    assert changes_between(["", ""], ["", ""], editions=(edition, edition)).changed == ()


def test_long_lists_are_cut_in_the_sentence_only() -> None:
    found = compare(
        [f"old {number} text\nx" for number in "abcdefghijklmnop"], [f"new {n} words" for n in "abcdefghijklmnop"]
    )
    assert len(found.changed) == 16
    assert "and 4 more" in found.summary
