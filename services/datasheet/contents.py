"""What a document looks like that does not say its kind: an invoice, a bill of materials, a shop's page."""

import re
from typing import Final

from services.datasheet.pages import Page

_READ_PAGES: Final = 3
_ENOUGH: Final = 2
_MONEY: Final = r"[€$£¥]\s?[0-9]|[0-9][.,][0-9]{2}\s?(?:€|EUR|USD|GBP|CNY)\b"
_CUES: Final = {
    "an invoice": (
        r"INVOICE|RECHNUNG|LIEFERSCHEIN|FACTURE\b|PACKING (?:LIST|SLIP)|PURCHASE ORDER|ORDER CONFIRMATION|发票",
        r"BILL(?:ED)? TO|SHIP(?:PED)? TO|SOLD TO|CUSTOMER (?:NO|NUMBER|ID|PO)|KUNDENN",
        r"SUB ?TOTAL|TOTAL DUE|GRAND TOTAL|AMOUNT DUE|TOTAL AMOUNT|GESAMTBETRAG|ZWISCHENSUMME",
        r"\bVAT\b|SALES TAX|TAX ID|MWST|\bIBAN\b|PAYMENT TERMS|DUE DATE|ZAHLBAR",
        r"UNIT PRICE|EXT(?:ENDED|\.)? PRICE|PRICE EACH|EINZELPREIS|QTY SHIPPED|BACK ?ORDER",
        _MONEY,
    ),
    "a bill of materials": (
        r"BILLS? OF MATERIALS?|\bBOM\b|PARTS LIST|STÜCKLISTE|STUECKLISTE|物料清单",
        r"REFERENCES?\b|DESIGNATORS?\b|REF ?DES\b",
        r"FOOTPRINTS?\b|\bDNP\b|\bDNI\b",
        r"\bQTY\b|QUANTITY|\bQUANT\b",
        r"\bMPN\b|MANUFACTURER PART|MFR\.? PART|MFG\.? PART|\bLCSC\b|SUPPLIER PART|DIGI-?KEY|MOUSER",
        r"\b[RCLDQUJ][0-9]{1,3}, ?[RCLDQUJ][0-9]{1,3}\b",
    ),
    "a README": (
        r"\bREADME\b|GITHUB\.COM|GITLAB\.COM|GIT CLONE",
        r"PIP3? INSTALL|NPM INSTALL|APT(?:-GET)? INSTALL|LIBRARY MANAGER|PLATFORMIO|CARGO ADD|CMAKE\b|\bMAKE INSTALL",
        r"#INCLUDE|VOID SETUP|\bIMPORT [A-Z_]+$|```",
        r"\b(?:MIT|BSD|GPL|APACHE)\b.{0,12}\bLICEN[SC]ED?\b|\bLICEN[SC]ED? UNDER\b|^#* ?LICEN[SC]E$",
        r"CONTRIBUTING|PULL REQUESTS?|OPEN AN ISSUE|CHANGELOG",
        r"^#* ?(?:INSTALLATION|USAGE|QUICK ?START|GETTING STARTED|FEATURES AND USAGE|EXAMPLES?)$",
    ),
    "a shop's page": (
        r"ADD TO (?:CART|BASKET|BAG|WISH ?LIST|COMPARE)|BUY (?:IT )?NOW|IN DEN WARENKORB|AJOUTER AU PANIER|加入购物车",
        r"IN STOCK|OUT OF STOCK|AUF LAGER|LIEFERZEIT|EN STOCK\b|SHIPS TODAY|AVAILABILITY:",
        r"FREE SHIPPING|SHIPPING (?:COSTS?|&|AND|INFO)|VERSANDKOSTEN|RETURNS? POLICY|DELIVERY TIME",
        r"(?:CUSTOMER|PRODUCT) REVIEWS?|[0-9] REVIEWS?\b|OUT OF 5|WRITE A REVIEW|Q&A\b",
        r"\bSKU\b|PRODUCT CODE|ITEM NO|PRICE BREAK|\bMOQ\b|ARTIKELN",
        r"RELATED PRODUCTS|ALSO (?:LIKE|BOUGHT|VIEWED)|NEWSLETTER|MY ACCOUNT|SIGN IN|WISHLIST",
        _MONEY,
    ),
    "a web page": (
        r"^HTTPS?://\S+ +[0-9]+/[0-9]+ *$",
        r"^[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}, [0-9]{1,2}:[0-9]{2}",
        r"FREQUENTLY ASKED QUESTIONS|\bFAQS?\b",
        r"LAST UPDATED|POSTED (?:ON|BY)|PUBLISHED (?:ON|BY)|MIN(?:UTES)? READ",
        r"LEAVE A (?:COMMENT|REPLY)|SHARE (?:THIS|ON)\b|RELATED (?:POSTS|ARTICLES)|READ MORE|SUBSCRIBE",
        r"\bCOOKIES\b|PRIVACY POLICY|ALL RIGHTS RESERVED\. POWERED BY",
        r"^(?:HOME|BLOG)\b ?[>/»›]|^BLOG$",
        r"THIS (?:ARTICLE|POST|TUTORIAL|BLOG)\b|IN THIS (?:ARTICLE|POST|GUIDE)",
    ),
    "a schematic": (
        r"\bSCHEMATICS?\b|CIRCUIT DIAGRAM|STROMLAUFPLAN|SCHALTPLAN",
        r"\bSHEET:? ?/?[0-9]* ?(?:OF|/)|\bID: ?[0-9]+/[0-9]+",
        r"KICAD|EESCHEMA|ALTIUM|EASYEDA|\bORCAD\b|\bEAGLE\b|\.SCHDOC|\.SCH\b|\.DSN\b",
        r"DRAWN(?: BY)?\b|DESIGNED BY|CHECKED BY|\bENGINEER:",
        r"^TITLE:|\bREV(?:ISION)?:|\bSIZE:? ?A[0-5]\b",
    ),
    "an application note": (
        r"THIS (?:APPLICATION|TECHNICAL|DESIGN) (?:NOTE|REPORT|BRIEF|GUIDE)|THIS (?:ARTICLE|PAPER|TUTORIAL)\b",
        r"^(?:[0-9.]+ )?(?:ABSTRACT|INTRODUCTION|OVERVIEW|SUMMARY)$",
        r"^(?:[0-9.]+ )?(?:CONCLUSIONS?|REFERENCES|ACKNOWLEDGE?MENTS?)$",
        r"^(?:BY|AUTHORS?:?) [A-Z][A-Z.]* [A-Z. ]+$",
        r"IN THIS (?:DESIGN|EXAMPLE|SECTION|TUTORIAL)|DESIGN EXAMPLE|STEP [0-9]\b",
    ),
    "a manual": (
        r"THIS (?:USER|REFERENCE|PROGRAMMING)?[’'S ]*(?:MANUAL|GUIDE)\b",
        r"^(?:[0-9.]+ )?(?:SAFETY INSTRUCTIONS|BEFORE YOU BEGIN|PREREQUISITES|TROUBLESHOOTING|WARRANTY)$",
        r"^(?:[0-9.]+ )?(?:INSTALLATION|SETTING UP|WIRING|HARDWARE SETUP|SOFTWARE SETUP|OPERATION)$",
        r"\bCLICK (?:ON )?|\bSELECT (?:THE )?[A-Z]+ (?:MENU|TAB)|PRESS THE\b|CONNECT THE\b",
    ),
}
_COMPILED: Final = {kind: tuple(re.compile(cue, re.MULTILINE) for cue in cues) for kind, cues in _CUES.items()}


def looks_like(pages: tuple[Page, ...], *, sections: int) -> str | None:
    """Return the kind that a document's first pages show most, unless a datasheet's sections outnumber its cues."""
    text = "\n".join(page.folded for page in pages[:_READ_PAGES])
    cues = {kind: sum(cue.search(text) is not None for cue in each) for kind, each in _COMPILED.items()}
    kind, count = max(cues.items(), key=lambda counted: counted[1])
    return kind if count >= max(_ENOUGH, sections) else None
