"""Looking at the broker."""

import os
import socket
from typing import Final

from amqp.exceptions import AccessRefused, AMQPError, NotAllowed
from kombu import Connection
from kombu.utils.url import parse_url

from cli.doctor.examination import Examination, Seen, broken, fine
from engine.queues import connect, different_queues, is_rabbitmq, show_queues
from settings import Settings

_OLDEST: Final = (3, 10)
_ADDRESS: Final = "correct PARTFLOW_BROKER_URL"


def _broker(settings: Settings) -> Seen:
    if not is_rabbitmq(settings.broker):
        folder = settings.broker.folder
        if folder.is_dir() and not os.access(folder, os.W_OK):
            return broken(f"{folder} cannot be written to", "give it to this account, or set PARTFLOW_BROKER_FOLDER")
        return fine(f"files in {folder}")
    url = parse_url(settings.broker.url.get_secret_value())
    host, user, vhost = f"{url['hostname']}:{url['port'] or 5672}", url["userid"], url["virtual_host"] or "/"
    try:
        with connect(settings.broker) as connection:
            return _version(connection)
    except AccessRefused:
        return broken(
            f"RabbitMQ refuses the user {user} or its password", f"{_ADDRESS}, or rabbitmqctl change_password"
        )
    except NotAllowed as error:
        if "not found" in str(error.reply_text):
            return broken(f"RabbitMQ has no vhost {vhost}", f"rabbitmqctl add_vhost {vhost}, or {_ADDRESS}")
        way_out = f"rabbitmqctl set_permissions -p {vhost} {user} '.*' '.*' '.*'"
        return broken(f"RabbitMQ does not let {user} use the vhost {vhost}", way_out)
    except socket.gaierror:
        return broken(f"the host {host} is not known", f"{_ADDRESS}, or look at the name server")
    except ConnectionRefusedError:
        return broken(f"nothing listens at {host}", f"start RabbitMQ, or {_ADDRESS}")
    except (OSError, AMQPError) as error:
        return broken(f"{host} does not answer as RabbitMQ: {error}", f"{_ADDRESS}, or open the network to it")


def _version(connection: Connection) -> Seen:
    connection.connect()
    version = str(connection.connection.server_properties["version"])
    if tuple(map(int, version.split(".")[:2])) < _OLDEST:
        return broken(f"RabbitMQ is of version {version}", f"upgrade it to {'.'.join(map(str, _OLDEST))} or newer")
    return fine(f"RabbitMQ {version}")


def _queues(settings: Settings) -> Seen:
    missing = [each.name for each in show_queues(settings.broker, None) if each.messages is None]
    if missing:
        return broken(f"queues are missing: {', '.join(missing)}", "run partflow queues declare")
    if is_rabbitmq(settings.broker) and (different := different_queues(settings.broker)):
        detail = f"the queue {different[0].queue} was declared differently: {different[0].what}"
        return broken(detail, "run partflow queues declare --recreate; the reconciler sends the runs again")
    return fine("all are there")


EXAMINATIONS: Final = (Examination("broker", _broker), Examination("queues", _queues, ("broker",)))
