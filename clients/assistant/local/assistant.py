"""The local assistant: answers from the catalogue and by rules."""

from clients.assistant.base import Answered, Job
from clients.assistant.leads import catalogue_leads, usable_leads
from clients.assistant.local.rules import load_rules
from clients.assistant.local.tags import suggest_tags
from clients.assistant.local.types import suggest_type
from schemas.assistant import (
    DatasheetAnswer,
    DatasheetQuestion,
    IdentifyAnswer,
    IdentifyQuestion,
    TagAnswer,
    TagQuestion,
    TypeAnswer,
    TypeQuestion,
)


class LocalAssistant:
    """Answers by rule; costs nothing and never fails."""

    name = "local"

    def version(self, job: Job) -> str:  # noqa: ARG002 - all jobs share one set of rules
        """Return the version of the rules."""
        return f"{self.name}/{load_rules().version}"

    def identify(self, question: IdentifyQuestion) -> Answered[IdentifyAnswer]:  # noqa: ARG002 - the protocol's name
        """Return no guess, because without a model nothing sees more than the caller's barcodes and markings."""
        return Answered(IdentifyAnswer())

    def find_datasheets(self, question: DatasheetQuestion) -> Answered[DatasheetAnswer]:
        """Return the catalogue's addresses."""
        return Answered(DatasheetAnswer(leads=usable_leads(catalogue_leads(question), question.limit)))

    def suggest_tags(self, question: TagQuestion) -> Answered[TagAnswer]:
        """Return the tags that the number, the description and the datasheet suggest."""
        return Answered(suggest_tags(question))

    def suggest_type(self, question: TypeQuestion) -> Answered[TypeAnswer]:
        """Return the type that the number and the description suggest."""
        return Answered(suggest_type(question))
