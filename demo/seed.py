"""What the demo finds in the inventory: a catalogue that leads to the demo's site, and a few boxes."""

from sqlalchemy import NullPool, create_engine

from demo.catalogue import catalogue_rows
from models.session import session_scope
from services.box import BoxService
from services.catalogue import CatalogueService

BOXES = (
    ("Resistors and capacitors", 24, ("Resistor", "Capacitor")),
    ("Semiconductors", 30, ("MOSFET", "Operational Amplifier", "Voltage Regulator", "Logic")),
    ("Controllers and modules", 12, ("Microcontroller", "Sensor", "Module")),
    ("Everything else", 12, ()),
)


def seed(database_url: str, site: str) -> None:
    """Bring the catalogue up to date with the site's address, and make the boxes unless there are some."""
    with session_scope(create_engine(database_url, poolclass=NullPool)) as session:
        CatalogueService.replace(session, catalogue_rows(site))
        if not BoxService.list(session):
            for description, capacity, types in BOXES:
                BoxService.create(session, description=description, capacity=capacity, types=types)
