"""The Flask application."""

from werkzeug.routing import IntegerConverter

from api import (
    batches,
    boxes,
    catalogue,
    docs,
    documents,
    exports,
    health,
    imports,
    intake,
    labels,
    locations,
    metrics,
    parts,
    picking,
    projects,
    reorg,
    runs,
    schedules,
    search,
    shopping,
    stock,
    suggest,
    suggestions,
    tags,
    tokens,
    types,
    upkeep,
)
from api.http.access import guard
from api.http.bodies import limit_bodies
from api.http.errors import handle_api_errors
from api.http.openapi import spec
from api.http.transaction import PartflowFlask
from settings import Settings, get_settings

_MODULES = (
    health,
    metrics,
    intake,
    search,
    runs,
    batches,
    parts,
    stock,
    documents,
    upkeep,
    suggestions,
    suggest,
    types,
    tags,
    boxes,
    labels,
    locations,
    projects,
    picking,
    shopping,
    reorg,
    catalogue,
    exports,
    imports,
    schedules,
    tokens,
    docs,
)
_SPARE_FORM_PARTS = 10


class _Key(IntegerConverter):
    # Digits that fit a bigint; more of them are an address where nothing is.
    regex = r"[0-9]{1,18}"


def create_app(settings: Settings | None = None) -> PartflowFlask:
    """Make the application.

    Raises:
        SettingsError: no settings are given, and those of the environment are wrong.
    """
    app = PartflowFlask(settings or get_settings())
    limits = app.settings.api
    app.config["MAX_FORM_PARTS"] = limits.max_photos + _SPARE_FORM_PARTS
    app.url_map.converters["int"] = _Key
    # Else an address with a slash too many is answered with a redirect in HTML.
    app.url_map.merge_slashes = False
    handle_api_errors(app)
    guard(app, limits)
    limit_bodies(app, limits)
    for module in _MODULES:
        app.register_blueprint(module.bp)
    app.register_blueprint(intake.start_routes())
    spec.register(app)
    return app
