"""Stand-in printers: what they are sent they keep, draw, and read the barcodes of."""
