"""Clients of the outside world: the only imports of vendors' libraries, the fetcher, OCR and barcodes."""
