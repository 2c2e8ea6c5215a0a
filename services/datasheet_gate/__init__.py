"""Judging whether a PDF is the datasheet of a part, by rules and with the words that it rests on."""

from services.datasheet_gate.judge import judge

__all__ = ["judge"]
