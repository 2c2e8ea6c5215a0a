"""Everything on one machine: a private PostgreSQL, a broker and an object store in folders, and the programs."""

from embedded.ceph import Ceph, private_ceph
from embedded.errors import EmbeddedError, NotInstalled
from embedded.guard import Address, running
from embedded.layout import default_data_dir
from embedded.ports import Port, reserve_port
from embedded.postgres import private_postgres
from embedded.programs import Phase, Program, python
from embedded.rabbitmq import RabbitMQ, private_rabbitmq
from embedded.stack import Stack, run_stack
from embedded.supervisor import ProcessHealth, health
from embedded.token import make_token, token_path

__all__ = [
    "Address",
    "Ceph",
    "EmbeddedError",
    "NotInstalled",
    "Phase",
    "Port",
    "ProcessHealth",
    "Program",
    "RabbitMQ",
    "Stack",
    "default_data_dir",
    "health",
    "make_token",
    "private_ceph",
    "private_postgres",
    "private_rabbitmq",
    "python",
    "reserve_port",
    "run_stack",
    "running",
    "token_path",
]
