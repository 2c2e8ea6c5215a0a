"""Loading the modules of a worker."""

import gc
from types import ModuleType

from celery.loaders.app import AppLoader


class Loader(AppLoader):
    """Celery's loader, which does not look for garbage in what is loaded for good.

    Looking takes a third of a worker's start, and later it would copy the memory that its processes share.
    """

    def import_default_modules(self) -> list[ModuleType]:
        """Import the app's modules, and let the collector leave alone what is there by then."""
        gc.disable()
        try:
            modules: list[ModuleType] = super().import_default_modules()
        finally:
            gc.freeze()
            gc.enable()
        return modules
