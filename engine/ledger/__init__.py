"""What the engine keeps in the database; nothing here knows Celery."""
