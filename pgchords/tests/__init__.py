"""Tests of the chord backend."""
