"""The gate: accepts a datasheet that names the part prominently and is from a maker that may have made it."""

from typing import Final

from schemas.datasheet import Judgement, PdfText, Verdict
from services.datasheet import contents, hallmarks, kinds, mentions
from services.datasheet import houses as makers
from services.datasheet.mentions import Fit, Mention, Prominence
from services.datasheet.numbers import folded, key
from services.datasheet.pages import Page, pages_of
from services.datasheet.words import is_word

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
    pages = pages_of(pdf.pages)
    sections = hallmarks.count(pages)
    if other := kinds.wrong_kind(pdf.title, pages, sections=sections):
        return _wrong_kind(f"the document is {other.kind}, not a datasheet", page=other.page, quote=other.words)
    if is_word(manufacturer_code):
        return _wrong(f"{manufacturer_code!r} is a word or a value, not a part number", confidence=0.0)
    if len(key(folded(manufacturer_code))) < _SHORTEST:
        return _wrong(f"{manufacturer_code!r} is too short to recognise its datasheet", confidence=0.0)
    titled = _titled(pdf, manufacturer_code)
    judgement = _of_text(pages, sections, code=manufacturer_code, titled=titled, manufacturer=manufacturer)
    refused = judgement.verdict is not Verdict.OK
    return _of_scan(pdf, manufacturer_code, titled=titled) if refused and pdf.scanned else judgement


def _titled(pdf: PdfText, code: str) -> bool:
    """Tell whether the document's own title names the part; templates and converters often leave a wrong one."""
    return any(mention.fit <= Fit.STEM for mention in mentions.find(code, pages_of((pdf.title or "",))))


def _of_text(pages: tuple[Page, ...], sections: int, *, code: str, titled: bool, manufacturer: str | None) -> Judgement:
    found = mentions.find(code, pages)
    if not found:
        return _wrong(f"the document does not name {code} or its family", confidence=0.9)
    prominence = mentions.weigh(found, pages)
    best = prominence.mention
    quote = mentions.quote(pages[best.page - 1], best)
    if other := contents.looks_like(pages, sections=sections):
        detail = f"the document names {best.printed}, but looks like {other}, not like a datasheet"
        return _wrong_kind(detail, page=best.page, quote=quote)
    where = _where(prominence, titled=titled)
    if where is None:
        detail = f"the document mentions {best.printed}, but is about another part"
        return _wrong(detail, confidence=0.8, page=best.page, quote=quote)
    if sections < hallmarks.ENOUGH:
        detail = (
            f"the document names {best.printed}, but lacks what makes a datasheet:"
            " sections such as maximum ratings, characteristics, pins and ordering codes"
        )
        return _wrong_kind(detail, page=best.page, quote=quote)
    return _of_maker(pages, best, quote, where=where, manufacturer=manufacturer)


def _where(prominence: Prominence, *, titled: bool) -> str | None:
    if prominence.share < _ENOUGH_SHARE and not titled:
        return None
    if titled:
        return "in its title"
    if prominence.headline or prominence.stated:
        return "on its first page"
    if prominence.ordering:
        return _ORDERING
    return "on most pages" if prominence.running else None


def _of_maker(pages: tuple[Page, ...], best: Mention, quote: str, *, where: str, manufacturer: str | None) -> Judgement:
    confidence = _CONFIDENCE[best.fit] - (0.05 if where == _ORDERING else 0)
    text = "\n".join(page.text for page in (*pages[:_MAKER_PAGES], *pages[-1:])).casefold()
    names = makers.names_of(manufacturer or "")
    house, times = makers.most_named(text)
    if names and makers.count(names, text):
        confidence += 0.03
    elif names and times >= 2:
        if best.fit > Fit.STEM:
            detail = f"the document is by {house}, not {manufacturer}"
            return _wrong(detail, confidence=0.7, page=best.page, quote=quote)
        confidence -= 0.3
    detail = f"the document names {best.printed} {where}"
    return Judgement(verdict=Verdict.OK, detail=detail, confidence=round(confidence, 2), page=best.page, quote=quote)


def _of_scan(pdf: PdfText, code: str, *, titled: bool) -> Judgement:
    if titled:
        detail = "the document is a scan without usable text; only its title names the part"
        return Judgement(verdict=Verdict.OK, detail=detail, confidence=0.6, quote=pdf.title)
    detail = f"the document is a scan without usable text, and its title does not name {code}; look at it yourself"
    return Judgement(verdict=Verdict.UNREADABLE, detail=detail, confidence=0.3)


def _wrong(detail: str, *, confidence: float, page: int | None = None, quote: str | None = None) -> Judgement:
    return Judgement(verdict=Verdict.WRONG_PART, detail=detail, confidence=confidence, page=page, quote=quote)


def _wrong_kind(detail: str, *, page: int | None, quote: str) -> Judgement:
    return Judgement(verdict=Verdict.WRONG_KIND, detail=detail, confidence=0.85, page=page, quote=quote)
