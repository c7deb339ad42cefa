"""Papers that travel with parcels: our own postal label with its customs form, and the manifest."""

from shipping.documents.manifest import Manifest, ManifestRow, render_manifest
from shipping.documents.postal_label import (
    CATEGORIES,
    CustomsForm,
    PostalContent,
    PostalLabel,
    render_postal_label,
)

__all__ = [
    "CATEGORIES",
    "CustomsForm",
    "Manifest",
    "ManifestRow",
    "PostalContent",
    "PostalLabel",
    "render_manifest",
    "render_postal_label",
]
