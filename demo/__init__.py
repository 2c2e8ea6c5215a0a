"""Demo material that the project makes itself: photographs-to-be, datasheets, a small web site and a catalogue."""
