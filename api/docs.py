"""Swagger UI at /docs, from files on this machine."""

from importlib.resources import files

from flask import Blueprint, Response

bp = Blueprint("docs", __name__, static_folder=str(files("flask_swagger_ui") / "dist"), static_url_path="/docs")

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Partflow API</title>
<link rel="stylesheet" href="swagger-ui.css">
<link rel="icon" href="favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="swagger-ui-bundle.js"></script>
<script src="start.js"></script>
</body>
</html>
"""
# Without a validator's address the page would send the document to one on the internet.
_SCRIPT = 'SwaggerUIBundle({dom_id: "#swagger-ui", url: "openapi.json", deepLinking: true, validatorUrl: null});\n'
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


@bp.get("/docs/")
def page() -> Response:
    """Show the API."""
    return Response(_PAGE, mimetype="text/html", headers={"Content-Security-Policy": _POLICY})


@bp.get("/docs/start.js")
def script() -> Response:
    """Start Swagger UI; a file of its own, so that the page needs no inline script."""
    return Response(_SCRIPT, mimetype="text/javascript")
