"""Runs supervisord so that a full disk does not end it, and with it everything."""

from supervisor import loggers, supervisord  # type: ignore[import-untyped]  # supervisor has no types


def main() -> None:
    """Run supervisord with the words of the command line; what a log cannot take is lost.

    By default it prints why to its own output, which is a file on the same disk, and ends of the second error.
    """
    loggers.Handler.handleError = lambda _handler: None
    supervisord.main()


if __name__ == "__main__":
    main()
