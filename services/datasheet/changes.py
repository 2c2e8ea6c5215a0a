"""How one file differs from another, page by page, by the text that was read."""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from schemas.datasheet import Edition, PageChange, RevisionChanges

_SPACE: Final = re.compile(r"\s+")
_DIGITS: Final = re.compile(r"\d+")
_RUNNING_PAGES: Final = 3
"A line that stands on so many pages, and on more than half of all, is a running head or foot: it names each page anew."
_MOST_SHOWN: Final = 12
_LONGEST: Final = 100


class _Paged(NamedTuple):
    """A page without its running lines: folded for comparing, and as printed."""

    lines: tuple[str, ...]
    printed: tuple[str, ...]


def changes_between(
    before: Sequence[str], after: Sequence[str], *, editions: tuple[Edition, Edition]
) -> RevisionChanges:
    """Compare the texts of two files' pages; pages that only moved are the same."""
    old, new = _paged(before), _paged(after)
    changed: list[PageChange] = []
    added: list[int] = []
    removed: list[int] = []
    matched = SequenceMatcher(None, [page.lines for page in old], [page.lines for page in new], autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matched.get_opcodes():
        if kind == "equal":
            continue
        both = min(old_to - old_from, new_to - new_from)
        changed += [_change(old, new, old_from + place, new_from + place) for place in range(both)]
        removed += range(old_from + both + 1, old_to + 1)
        added += range(new_from + both + 1, new_to + 1)
    return RevisionChanges(
        before=editions[0],
        after=editions[1],
        changed=tuple(changed),
        added=tuple(added),
        removed=tuple(removed),
        summary=_summary(*editions, [each.page for each in changed], added, removed),
    )


def _paged(pages: Sequence[str]) -> list[_Paged]:
    printed = [[line for line in map(_spaced, page.splitlines()) if line] for page in pages]
    on_pages = Counter(line for page in printed for line in {_running(each) for each in page})
    often = {line for line, count in on_pages.items() if count >= _RUNNING_PAGES and 2 * count > len(pages)}
    kept = [tuple(line for line in page if _running(line) not in often) for page in printed]
    return [_Paged(tuple(line.casefold() for line in page), page) for page in kept]


def _spaced(line: str) -> str:
    return _SPACE.sub(" ", line).strip()


def _running(line: str) -> str:
    return _DIGITS.sub("#", line.casefold())


def _change(old: list[_Paged], new: list[_Paged], before: int, after: int) -> PageChange:
    was, now = Counter(old[before].lines), Counter(new[after].lines)
    longer = max(was.total(), now.total(), 1)
    fresh = (printed for line, printed in zip(new[after].lines, new[after].printed, strict=True) if line not in was)
    return PageChange(
        page=after + 1,
        before=before + 1,
        share=round(1 - (was & now).total() / longer, 3),
        says=next((line[:_LONGEST] for line in fresh), None),
    )


def _summary(before: Edition, after: Edition, changed: list[int], added: list[int], removed: list[int]) -> str:
    parts = [f"{_named(before)} → {_named(after)}"]
    parts += [f"changed: {_listed(changed)}"] if changed else []
    parts += [f"added: {_listed(added)}"] if added else []
    parts += [f"removed: {_listed(removed)} of the earlier file"] if removed else []
    return "; ".join(parts if len(parts) > 1 else [*parts, "no page's text changed"])


def _named(edition: Edition) -> str:
    revision = f"revision {edition.revision}" if edition.revision else "no revision"
    dated = f" of {edition.date}" if edition.date else ""
    return f"{revision}{dated}, {edition.pages} page{'s' if edition.pages != 1 else ''}"


def _listed(pages: list[int]) -> str:
    more = f" and {len(pages) - _MOST_SHOWN} more" if len(pages) > _MOST_SHOWN else ""
    return f"page{'s' if len(pages) > 1 else ''} {', '.join(map(str, pages[:_MOST_SHOWN]))}{more}"
