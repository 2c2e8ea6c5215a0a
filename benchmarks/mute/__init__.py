"""Attacks that try to make the server mute, and what an ordinary user feels of them."""
