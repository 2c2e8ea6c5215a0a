"""Flower, which shows operators the tasks of runs: behind the API's own checks, and with what the ledger says."""
