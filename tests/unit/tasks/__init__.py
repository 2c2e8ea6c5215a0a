"""Tests of the steps and their app."""
