"""PDF pages from our own templates: WeasyPrint is the engine, nothing is fetched from anywhere.

One call: ``render_pdf(Sheet(...)) -> bytes``. The same sheet gives the same bytes, so a stored hash
stays true for a reprint.
"""

from core.pdf.addresses import AddressBlock, address_block
from core.pdf.engine import RefusedFetch, Sheet, render_pdf, warm_up

__all__ = ["AddressBlock", "RefusedFetch", "Sheet", "address_block", "render_pdf", "warm_up"]
