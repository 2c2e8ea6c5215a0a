"""The gate: accepts a datasheet that names the part prominently and is from a maker that may have made it."""

from typing import Final

from schemas.datasheet import Judgement, PdfText, Verdict
from schemas.part_number import code_key
from services.datasheet import houses as makers
from services.datasheet import kinds, mentions
from services.datasheet.mentions import Fit, Mention, Page, Prominence
from services.datasheet.numbers import folded, key

_CONFIDENCE: Final = {Fit.EXACT: 0.95, Fit.STEM: 0.9, Fit.COVERED: 0.88, Fit.CODED: 0.75, Fit.LONGER: 0.75}
_ORDERING: Final = "among its ordering codes"
_ENOUGH_SHARE: Final = 0.2
_MAKER_PAGES: Final = 4
_SHORTEST: Final = 3


def judge(pdf: PdfText, *, manufacturer_code: str, manufacturer: str | None) -> Judgement:
    """Judge whether `pdf` is the datasheet of the part, or of its family; never raises.

    A wrong refusal costs a click, a wrong acceptance a wrong pinout, so doubt means refusal. A scan without usable
    text is accepted only when its own title names the part, and then with low confidence.
    """
    pages = mentions.pages_of(pdf.pages)
    if other := kinds.wrong_kind(pdf.title, pages):
        return Judgement(
            verdict=Verdict.WRONG_KIND,
            detail=f"the document is {other.kind}, not a datasheet",
            confidence=0.85,
            page=other.page,
            quote=other.words,
        )
    if len(code_key(manufacturer_code)) < _SHORTEST or not any(
        sign.isalnum() for sign in key(folded(manufacturer_code))
    ):
        return _wrong(f"{manufacturer_code!r} is too short to recognise its datasheet", confidence=0.0)
    found = mentions.find(manufacturer_code, pages)
    if not found:
        return _without_mention(pdf, manufacturer_code)
    prominence = mentions.weigh(found, pages)
    where = _where(prominence, pages, in_title=_titled(pdf, manufacturer_code))
    if where is None:
        best = prominence.mention
        detail = f"the document mentions {best.printed}, but is about another part"
        return _wrong(detail, confidence=0.8, page=pages[best.page - 1], mention=best)
    return _from_maker(pages, prominence, where=where, manufacturer=manufacturer)


def _titled(pdf: PdfText, code: str) -> bool:
    """Tell whether the document's own title names the part; templates and converters often leave a wrong one."""
    titles = mentions.find(code, mentions.pages_of((pdf.title or "",)))
    return any(mention.fit <= Fit.STEM for mention in titles)


def _where(prominence: Prominence, pages: tuple[Page, ...], *, in_title: bool) -> str | None:
    unproven = prominence.mention.fit is Fit.LONGER and not kinds.hallmarks(pages)
    if unproven or (prominence.share < _ENOUGH_SHARE and not in_title):
        return None
    if in_title:
        return "in its title"
    if prominence.headline or prominence.stated:
        return "on its first page"
    if prominence.ordering:
        return _ORDERING
    return "on most pages" if prominence.running else None


def _from_maker(pages: tuple[Page, ...], prominence: Prominence, *, where: str, manufacturer: str | None) -> Judgement:
    best = prominence.mention
    confidence = _CONFIDENCE[best.fit] - (0.05 if where == _ORDERING else 0)
    text = "\n".join(page.text for page in (*pages[:_MAKER_PAGES], *pages[-1:])).casefold()
    names = makers.names_of(manufacturer or "")
    house, times = makers.most_named(text)
    if names and makers.count(names, text):
        confidence += 0.03
    elif names and times >= 2:
        if best.fit > Fit.STEM:
            return _wrong(
                f"the document is by {house}, not {manufacturer}",
                confidence=0.7,
                page=pages[best.page - 1],
                mention=best,
            )
        confidence -= 0.3
    return Judgement(
        verdict=Verdict.OK,
        detail=f"the document names {best.printed} {where}",
        confidence=round(confidence, 2),
        page=best.page,
        quote=mentions.quote(pages[best.page - 1], best),
    )


def _without_mention(pdf: PdfText, code: str) -> Judgement:
    if not pdf.scanned:
        return _wrong(f"the document does not name {code} or its family", confidence=0.9)
    if _titled(pdf, code):
        return Judgement(
            verdict=Verdict.OK,
            detail="the document is a scan without text; only its title names the part",
            confidence=0.6,
            quote=pdf.title,
        )
    return _wrong(f"the document is a scan without text, and its title does not name {code}", confidence=0.3)


def _wrong(detail: str, *, confidence: float, page: Page | None = None, mention: Mention | None = None) -> Judgement:
    return Judgement(
        verdict=Verdict.WRONG_PART,
        detail=detail,
        confidence=confidence,
        page=page.number if page else None,
        quote=mentions.quote(page, mention) if page and mention else None,
    )
