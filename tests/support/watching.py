"""What the dashboard and the alert rules say."""

import json
import re

from embedded.layout import CHECKOUT

_METRIC = re.compile(r"\bpartflow_[a-z0-9_]+")
DASHBOARD = CHECKOUT / "deploy" / "grafana" / "partflow.json"
RULES = CHECKOUT / "deploy" / "prometheus"


def alerts() -> list[str]:
    """Return the names of the alerts."""
    return re.findall(r"- alert: (\w+)", (RULES / "alerts.yml").read_text())


def named_metrics() -> set[str]:
    """Return all metrics that the dashboard and the alerts name."""
    asked = (RULES / "alerts.yml").read_text() + "\n".join(expressions())
    return set(_METRIC.findall(asked))


def expressions() -> list[str]:
    """Return what the panels of the dashboard ask."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", ())]
