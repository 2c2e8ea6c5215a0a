"""Rules: one static class per noun, session first, ORM objects out. No Flask, no Celery, no environment, no commit."""
