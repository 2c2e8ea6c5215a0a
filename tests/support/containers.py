"""PostgreSQL and RabbitMQ in containers, for the option --servers=containers, which needs Docker.

They stand for `private_postgres` and `private_rabbitmq`: the tests see the same addresses and the same methods.
"""

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import psycopg
from amqp import AMQPError, Connection
from testcontainers.core.container import DockerContainer

from embedded import reserve_port
from embedded.postgres import EXTENSIONS, THROWAWAY
from tests.support.processes import wait_for

POSTGRES, RABBITMQ = "postgres:18", "rabbitmq:4"
"The images; CI's workflow pulls them before the tests."
USER = "partflow"


@contextmanager
def postgres_in_container() -> Iterator[str]:
    """Serve a throwaway PostgreSQL; yields the SQLAlchemy URL of its database."""
    password = secrets.token_hex(16)
    container = DockerContainer(POSTGRES).with_exposed_ports(5432).with_env("POSTGRES_USER", USER)
    container.with_env("POSTGRES_PASSWORD", password)
    container.with_command(["postgres", *(word for setting in THROWAWAY for word in ("-c", setting))])
    with container as server:
        place = f"{USER}:{password}@{server.get_container_host_ip()}:{server.get_exposed_port(5432)}"
        wait_for(lambda: _is_prepared(place))
        yield f"postgresql+psycopg://{place}/{USER}"


def _is_prepared(place: str) -> bool:
    # The image's first server listens on a socket only, so whoever gets through has the one that stays.
    with suppress(psycopg.OperationalError):
        for database in ("template1", USER):
            with psycopg.connect(f"postgresql://{place}/{database}", autocommit=True) as connection:
                for extension in EXTENSIONS:
                    connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}".encode())
        return True
    return False


class RabbitMQInContainer:
    """A node that can be killed, stopped and started again, with its messages and at the same address."""

    def __init__(self, container: DockerContainer, address: str, password: str) -> None:
        self._container = container.get_wrapped_container()
        self._address = address
        self._password = password
        self.url = f"amqp://{USER}:{password}@{address}//"

    def start(self) -> None:
        """Start the node and wait until it takes connections; one that runs is left alone."""
        self._container.start()
        wait_for(self._answers)

    def stop(self) -> None:
        """Stop the node in good order."""
        self._container.stop()

    def kill(self) -> None:
        """Let the node die on the spot."""
        self._container.kill()

    def _answers(self) -> bool:
        with (
            suppress(AMQPError, OSError),
            Connection(self._address, userid=USER, password=self._password, connect_timeout=5),
        ):
            return True
        return False


@contextmanager
def rabbitmq_in_container() -> Iterator[RabbitMQInContainer]:
    """Serve a throwaway RabbitMQ, at a port that stays when it is started again."""
    password = secrets.token_hex(16)
    with closing(reserve_port(None, first=26_672)) as port:
        container = DockerContainer(RABBITMQ).with_bind_ports(5672, port.number).with_kwargs(hostname="partflow")
        container.with_env("RABBITMQ_DEFAULT_USER", USER).with_env("RABBITMQ_DEFAULT_PASS", password)
        with container as server:
            node = RabbitMQInContainer(server, f"{server.get_container_host_ip()}:{port.number}", password)
            node.start()
            yield node
