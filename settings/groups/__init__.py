"""The settings in groups by reader; each field's description is its comment in `.env.example`."""

from settings.groups.base import Count, Endpoint, Endpoints, Group, Megabytes, Seconds, Sides, is_loopback
from settings.groups.engine import EngineSettings
from settings.groups.intake import AssistantSettings, IntakeSettings
from settings.groups.limits import FetchSettings, ImageSettings, OcrSettings, PdfSettings
from settings.groups.operation import (
    AuditSettings,
    DeploymentSettings,
    FaultSettings,
    LogSettings,
    MetricsSettings,
    SandboxSettings,
    Stage,
    TracesSettings,
)
from settings.groups.reorg import ReorgSettings
from settings.groups.retention import RetentionSettings
from settings.groups.servers import ApiSettings, BrokerSettings, DatabaseSettings, StoreKind, StoreSettings
from settings.groups.token import read_token
from settings.groups.upkeep import RefreshSettings, RetagSettings

__all__ = [
    "ApiSettings",
    "AssistantSettings",
    "AuditSettings",
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
    "MetricsSettings",
    "OcrSettings",
    "PdfSettings",
    "RefreshSettings",
    "ReorgSettings",
    "RetagSettings",
    "RetentionSettings",
    "SandboxSettings",
    "Seconds",
    "Sides",
    "Stage",
    "StoreKind",
    "StoreSettings",
    "TracesSettings",
    "is_loopback",
    "read_token",
]
