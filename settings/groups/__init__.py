"""The settings in groups by reader; each field's description is its comment in `.env.example`."""

from settings.groups.base import Count, Endpoint, Endpoints, Group, Megabytes, Seconds, Sides, is_loopback
from settings.groups.engine import EngineSettings
from settings.groups.intake import AssistantSettings, IntakeSettings
from settings.groups.limits import FetchSettings, ImageSettings, OcrSettings, PdfSettings
from settings.groups.operation import DeploymentSettings, FaultSettings, LogSettings, Stage
from settings.groups.retention import RetentionSettings
from settings.groups.servers import ApiSettings, BrokerSettings, DatabaseSettings, StoreKind, StoreSettings

__all__ = [
    "ApiSettings",
    "AssistantSettings",
    "BrokerSettings",
    "Count",
    "DatabaseSettings",
    "DeploymentSettings",
    "Endpoint",
    "Endpoints",
    "EngineSettings",
    "FaultSettings",
    "FetchSettings",
    "Group",
    "ImageSettings",
    "IntakeSettings",
    "LogSettings",
    "Megabytes",
    "OcrSettings",
    "PdfSettings",
    "RetentionSettings",
    "Seconds",
    "Sides",
    "Stage",
    "StoreKind",
    "StoreSettings",
    "is_loopback",
]
