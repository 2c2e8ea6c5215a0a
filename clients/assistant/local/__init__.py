"""The local assistant, which needs neither a key nor a network."""
