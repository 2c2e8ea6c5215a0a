"""Where on the demo's site each lead stands, and what the datasheet gate should say of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from demo.parts import DemoPart, Lead, demo_parts
from schemas.datasheet import Verdict

_PLACES: Final = {
    Lead.SHEET: ("/datasheets/{}.pdf", Verdict.OK),
    Lead.VIEWER: ("/viewer/{}.html", Verdict.OK),
    Lead.SHELL: ("/app/{}.pdf", Verdict.HTML_SHELL),
    Lead.WRONG_PART: ("/similar/{}.pdf", Verdict.WRONG_PART),
    Lead.BROCHURE: ("/brochures/{}.pdf", Verdict.WRONG_KIND),
    Lead.ERRATA: ("/errata/{}.pdf", Verdict.WRONG_KIND),
    Lead.TRUNCATED: ("/mirror/{}.pdf", Verdict.TRUNCATED),
    Lead.INTERRUPTED: ("/unsteady/{}.pdf", Verdict.TRUNCATED),
    Lead.LOOP: ("/moved/{}.pdf", Verdict.UNREACHABLE),
    Lead.DRIP: ("/slow/{}.pdf", Verdict.TIMEOUT),
    Lead.BOT_WALL: ("/guarded/{}.pdf", Verdict.BLOCKED),
    Lead.PRIVATE: ("/intranet/{}.pdf", Verdict.FORBIDDEN_ADDRESS),
    Lead.METADATA: ("/cloud/{}.pdf", Verdict.FORBIDDEN_ADDRESS),
    Lead.ENCRYPTED: ("/locked/{}.pdf", Verdict.ENCRYPTED),
    Lead.PICTURE: ("/scans/{}.pdf", Verdict.NOT_PDF),
    Lead.SCAN: ("/copies/{}.pdf", Verdict.UNREADABLE),
    Lead.MISSING: ("/old/{}.pdf", Verdict.UNREACHABLE),
    Lead.HUGE: ("/archive/{}.pdf", Verdict.TOO_LARGE),
}


def path_of(lead: Lead, part: DemoPart) -> str:
    """Return where the lead to the part's datasheet stands."""
    return _PLACES[lead][0].format(part.slug)


PLACES: Final[Mapping[str, tuple[Lead, DemoPart]]] = MappingProxyType(
    {path_of(lead, part): (lead, part) for part in demo_parts() for lead in Lead}
)
"""Path → what stands there."""

TRUTH: Final[Mapping[str, Verdict]] = MappingProxyType({path: _PLACES[lead][1] for path, (lead, _) in PLACES.items()})
"""Path → the verdict when the part that its address names is looked for."""

TRAPS: Final[Mapping[str, Verdict]] = MappingProxyType(
    {
        path: verdict
        for path, verdict in TRUTH.items()
        if verdict is not Verdict.OK and PLACES[path][0] in PLACES[path][1].leads
    }
)
"""Those of `TRUTH` that the catalogue leads to and the gate must refuse."""
