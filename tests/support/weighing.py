"""A pipeline that only tests have, beside those that are shipped: `celery -A tests.support.weighing worker`."""

import time
from pathlib import Path
from typing import Any

from celery import chain, chord
from celery.canvas import Signature
from sqlalchemy.orm import Session

import pipelines  # noqa: F401 - the pipelines that are shipped stay in the registry
from engine.ledger.ledger import Claim
from engine.pipeline import Pipeline, RunSteps, register
from engine.step.finish import finish_run
from engine.step.step import Step
from engine.step.task import as_task
from schemas.base import Dto
from schemas.errors import Permanent
from schemas.queue import Queue
from tasks import celery_app

app = celery_app


class Weighing(Dto):
    """What to weigh, and a folder in which a file named hold or broken says how it goes."""

    grams: tuple[int, ...]
    folder: str


class Weigh(Step[tuple[Weighing, int], Weighing]):
    name, queue, output = "test.weigh", Queue.INVENTORY, Weighing

    def load(self, session: Session, claim: Claim) -> tuple[Weighing, int]:
        return Weighing.model_validate(claim.input), claim.index

    def work(self, given: tuple[Weighing, int]) -> Weighing:
        weighing, index = given
        while Path(weighing.folder, "hold").exists():
            time.sleep(0.02)
        return weighing.model_copy(update={"grams": (weighing.grams[index],)})


class Total(Step[Weighing, Weighing]):
    name, queue, output, essential = "test.total", Queue.INVENTORY, Weighing, True

    def load(self, session: Session, claim: Claim) -> Weighing:
        return Weighing.model_validate(claim.input)

    def work(self, given: Weighing) -> Weighing:
        if Path(given.folder, "broken").exists():
            raise Permanent("broken", "the scales are broken")
        return given.model_copy(update={"grams": (sum(given.grams),)})


weigh, total = as_task(Weigh(), in_chord=True), as_task(Total())


def canvas(steps: RunSteps) -> Signature[Any]:
    return chain(chord(steps.each(weigh, 3), steps.one(total)), steps.one(finish_run))


register(Pipeline(name="weighing", canvas=canvas, takes=Weighing, summary="Weigh three things."))
