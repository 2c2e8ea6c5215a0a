"""The assistant that needs no key and no network."""
