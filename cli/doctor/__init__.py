"""The doctor: what is wrong with an installation, and the way out."""

from cli.doctor.command import doctor

__all__ = ["doctor"]
