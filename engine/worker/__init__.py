"""Celery as the engine uses it: messages, queues and processes."""
