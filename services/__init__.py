"""Rules: one static class per noun; the session comes first. No Flask, no Celery, no environment, no commit."""
