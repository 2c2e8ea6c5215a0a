"""Flower's settings: a dashboard to look at; the rows of the database are the truth, and nothing is changed here.

A variable of the environment, such as FLOWER_READ_ONLY, wins.
"""

import os

DEFAULTS = {
    "address": "127.0.0.1",
    "read_only": True,
    "tasks_columns": "name,pipeline,part,run,state,outcome,received,runtime,worker,uuid",
    "inspect_timeout": 5000.0,
    "max_tasks": 5000,
    "max_workers": 100,
    "purge_offline_workers": 300,
    "persistent": True,
    # Milliseconds: what a kill may lose.
    "state_save_interval": 30_000,
}

# Flower reads the names of this file, and would let them win over the environment.
globals().update({name: value for name, value in DEFAULTS.items() if f"FLOWER_{name.upper()}" not in os.environ})
