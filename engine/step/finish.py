"""The step that ends every run."""

from sqlalchemy.orm import Session

from engine.ledger.ledger import Claim
from engine.ledger.run import RunService
from engine.step.settlement import heal
from engine.step.step import Step
from engine.step.task import as_task
from schemas.ledger import Gap, Nothing
from schemas.queue import Queue


class FinishRun(Step[None, Nothing]):
    """End the run; the last step of every canvas."""

    name = "run.finish"
    queue = Queue.INVENTORY
    essential = True
    output = Nothing

    def load(self, session: Session, claim: Claim) -> None:
        """Load nothing."""

    def work(self, given: None) -> Nothing:
        """Do nothing: the run ends where this step is recorded."""
        return Nothing()

    def record(self, session: Session, claim: Claim, output: Nothing) -> Gap | None:
        """End the run: partial when steps left gaps."""
        RunService.finish(session, claim.run_id, heal=heal())
        return None


finish_run = as_task(FinishRun())
