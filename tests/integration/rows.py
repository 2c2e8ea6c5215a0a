"""Moved to tests.support.rows."""

from tests.support.rows import *  # noqa: F403 - goes when its last user has moved
