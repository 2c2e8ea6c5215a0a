"""What a step of a pipeline is."""

from abc import ABC, abstractmethod
from typing import ClassVar
from uuid import UUID

from sqlalchemy.orm import Session

from engine.ledger.ledger import Claim, Ledger
from engine.step.retry import Retry
from engine.worker.routes import Queue
from schemas.base import Dto
from schemas.errors import StepError
from schemas.ledger import Gap
from settings.errors import PartflowError


class NotNeeded(PartflowError):
    """There is nothing for this step to do in this run; the message says why."""


class Step[Given, Output: Dto](ABC):
    """One step of a pipeline: `load` in a transaction, `work` in none, `record` in the one that ends the step.

    Any of the three may be carried out twice; only one `record` is ever committed.
    """

    name: ClassVar[str]
    queue: ClassVar[Queue]
    essential: ClassVar[bool] = False
    "whether giving up fails the run; otherwise it leaves a gap"
    retry: ClassVar[Retry] = Retry()
    longest: ClassVar[int | None] = None
    "seconds that it may take, if that is longer than other steps may"
    resumes_from: ClassVar[str | None] = None
    "the step to go on from when this one left a gap, if it is not itself"
    output: type[Output]

    @abstractmethod
    def load(self, session: Session, claim: Claim) -> Given:
        """Load what the work needs.

        Raises:
            NotNeeded: there is nothing to do; the step is skipped.
        """

    @abstractmethod
    def work(self, given: Given) -> Output:
        """Do it, with no transaction open.

        Raises:
            Transient: it may work later.
            Permanent: it will not.
        """

    def record(self, session: Session, claim: Claim, output: Output) -> Gap | None:
        """Write what the output means for the inventory, in the transaction that ends the step.

        Returns what it leaves open, if anything.
        """
        return None

    def fallback(self, given: Given | None, error: StepError) -> Output | None:
        """Return what to put out when the step gives up, or None to leave a gap; `given` is what was loaded, if any."""
        return None

    def recorded(self, session: Session, run_id: UUID) -> Output:
        """Return what this step put out earlier in a run.

        Raises:
            NotNeeded: it put out nothing, so that there is nothing to go on from.
        """
        output = Ledger.find_output(session, run_id, self.name)
        if output is None:
            raise NotNeeded(f"{self.name} has no result")
        return self.output.model_validate(output)
