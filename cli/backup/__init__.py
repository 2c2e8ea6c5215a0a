"""Backups: database and objects together, consistent and checksummed."""

from cli.backup.command import backup, restore

__all__ = ["backup", "restore"]
