"""The assistant that asks OpenAI's models."""
