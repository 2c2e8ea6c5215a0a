"""Settings for the real Ceph, with buckets of one's own."""

from typing import Any
from uuid import uuid4

from embedded import Ceph
from settings.groups import StoreKind, StoreSettings


def ceph_settings(ceph: Ceph, *, https: bool = False, **more: Any) -> StoreSettings:
    """Return the settings of a store in new buckets, made when it is asked whether it is ready."""
    name = uuid4().hex
    return StoreSettings(
        **{
            "kind": StoreKind.S3,
            "endpoint_url": ceph.https_url if https else ceph.endpoint_url,
            "ca_file": ceph.ca_file if https else None,
            "access_key": ceph.access_key,
            "secret_key": ceph.secret_key,
            "docs_bucket": f"docs-{name}",
            "images_bucket": f"images-{name}",
            **more,
        }
    )


def as_environment(settings: StoreSettings) -> dict[str, str]:
    """Return the variables that make it the application's store, as the fixture `configure` takes them."""
    values = settings.model_dump(exclude_unset=True, exclude_none=True)
    keys = {"access_key": settings.access_key, "secret_key": settings.secret_key}
    values |= {name: secret.get_secret_value() for name, secret in keys.items() if secret}
    return {f"STORE_{name.upper()}": str(value) for name, value in values.items()}
