"""Where PostgreSQL and RabbitMQ of the tests come from: the option --servers."""

from contextlib import AbstractContextManager, closing

import pytest

from embedded import private_postgres, private_rabbitmq

EMBEDDED, CONTAINERS = "embedded", "containers"


def check(config: pytest.Config) -> None:
    """Check that the servers that were chosen can be had.

    Raises:
        UsageError: containers are asked for, and Docker does not answer.
    """
    if config.option.servers == EMBEDDED:
        return
    # Docker's library is loaded by those only who ask for containers.
    from docker import DockerClient  # type: ignore[import-untyped]  # it ships no types
    from docker.errors import DockerException  # type: ignore[import-untyped]  # likewise

    try:
        with closing(DockerClient.from_env()) as client:
            client.ping()
    except DockerException as error:
        raise pytest.UsageError(f"--servers={CONTAINERS} needs Docker, which does not answer: {error}") from error


def postgres(config: pytest.Config) -> AbstractContextManager[str]:
    """Serve a throwaway PostgreSQL; yields the SQLAlchemy URL of its database."""
    if config.option.servers == EMBEDDED:
        return private_postgres()
    from tests.support.containers import postgres_in_container

    return postgres_in_container()


def rabbitmq(config: pytest.Config) -> AbstractContextManager[object]:
    """Serve a throwaway RabbitMQ; yields a node, which has an `url` and can be started, stopped and killed.

    Raises:
        NotInstalled: RabbitMQ is not installed on this machine.
    """
    if config.option.servers == EMBEDDED:
        return private_rabbitmq()
    from tests.support.containers import rabbitmq_in_container

    return rabbitmq_in_container()
