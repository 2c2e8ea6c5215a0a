"""Parts, as DTOs."""

from collections.abc import Sequence

from flask import url_for

from api.render.document import content_url, document_out
from api.render.problem import problem
from api.render.row import rendered
from api.render.suggestion import suggestion_out
from models import Document, Part, PartLocation, PartSeller, Suggestion
from schemas.part import DuplicateOut, KeptPart, PartOut, PartSummary, PlacementOut, RetiredParts, SellerOut
from services.part import Duplicate, Retired


def part_summary(part: Part, quantity: int) -> PartSummary:
    """Render a part for a list."""
    return rendered(PartSummary, part, quantity=quantity, **_shown(part))


def part_out(
    part: Part,
    placements: Sequence[PartLocation],
    documents: Sequence[Document],
    suggestions: Sequence[Suggestion],
    *,
    merged_from: Sequence[str],
    sellers: Sequence[PartSeller],
) -> PartOut:
    """Render a part with everything that hangs on it."""
    return rendered(
        PartOut,
        part,
        **_shown(part),
        quantity=sum(each.qty for each in placements),
        # By the names that the fields have here: what is type_id inside is type.
        set_by={field.removesuffix("_id"): by for field, by in part.set_by.items()},
        merged_from=tuple(merged_from),
        sellers=tuple(map(seller_out, sellers)),
        placements=tuple(rendered(PlacementOut, each, quantity=each.qty) for each in placements),
        documents=tuple(document_out(each) for each in documents),
        suggestions=tuple(suggestion_out(each) for each in suggestions),
    )


def seller_out(seller: PartSeller) -> SellerOut:
    """Render a seller of a part."""
    return rendered(SellerOut, seller)


def duplicate_out(duplicate: Duplicate) -> DuplicateOut:
    """Render a part that may be the same as another."""
    part = duplicate.part
    return rendered(
        DuplicateOut,
        part,
        manufacturer_code=part.manufacturer_code or "",
        retired=part.retired_at is not None,
        reason=duplicate.reason,
        similarity=round(duplicate.similarity, 2),
        links={"self": url_for("parts.get", id4=part.id4)},
    )


def retired_parts(found: Sequence[Retired], *, more: bool) -> RetiredParts:
    """Render which parts were retired and which were not."""
    return RetiredParts(
        retired=tuple(each.id4 for each in found if each.refused is None),
        kept=tuple(KeptPart(part=each.id4, refused=problem(each.refused)) for each in found if each.refused),
        more=more,
    )


def _shown(part: Part) -> dict[str, object]:
    return {
        "type": part.type.name if part.type else None,
        "image": content_url(part.image_id) if part.image_id else None,
        "links": {
            "self": url_for("parts.get", id4=part.id4),
            "documents": url_for("parts.documents", id4=part.id4),
            "duplicates": url_for("parts.duplicates_of", id4=part.id4),
            "suggestions": url_for("suggestions.page", part=part.id4),
        },
    }
