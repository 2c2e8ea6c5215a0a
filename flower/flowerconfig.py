"""Flower's settings: a dashboard to look at; the rows of the database are the truth, and nothing is changed here."""

read_only = True
inspect_timeout = 5000.0
max_tasks = 5000
max_workers = 100
purge_offline_workers = 300
