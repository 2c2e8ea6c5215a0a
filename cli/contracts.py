"""Checking the import contracts: `python -m cli.contracts`, because import-linter has no `python -m` of its own."""

import sys

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

if __name__ == "__main__":
    sys.exit(lint_imports() != EXIT_STATUS_SUCCESS)
