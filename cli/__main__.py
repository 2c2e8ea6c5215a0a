"""`python -m cli`, which the launcher calls."""

from cli.app import main

main()
