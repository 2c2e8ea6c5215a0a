"""Projects that tests start from, made as a client makes them."""

from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient

from tests.support.rows import new_part, put_stock


def stocked(*quantities: int, box_no: int = 1) -> str:
    """Insert a part of which so many lie in locations 1, 2 … of a box, beside whatever else lies there."""
    part = new_part()
    for loc_no, quantity in enumerate(quantities, 1):
        if quantity:
            put_stock(part, box_no, loc_no, quantity, uuid4())
    return part


def new_project(client: FlaskClient, name: str = "Amplifier", builds: int = 1, /, **needs: int) -> int:
    """Insert a project; `needs` says how many of which part, and of what else with an underscore in front."""
    project = client.post("/projects", json={"name": name, "builds": builds}).get_json()["id"]
    if needs:
        lines = [
            {"placeholder" if what.startswith("_") else "part": what.removeprefix("_"), "quantity": quantity}
            for what, quantity in needs.items()
        ]
        assert client.post(f"/projects/{project}/requirements", json={"requirements": lines}).status_code == 201
    return int(project)


def coverage(client: FlaskClient, project: int, **query: Any) -> list[dict[str, Any]]:
    """Return the lines of a project's coverage."""
    lines: list[dict[str, Any]] = client.get(f"/projects/{project}/coverage", query_string=query).get_json()["lines"]
    return lines


def lying(client: FlaskClient, part: str) -> dict[str, int]:
    """Return how many of a part lie in which slot."""
    return {each["slot"]: each["quantity"] for each in client.get(f"/parts/{part}").get_json()["placements"]}
