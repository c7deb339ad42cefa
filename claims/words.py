"""What a claim's decision rests on, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.spoken import say

EVIDENCE: Mapping[str, str] = {
    "commercial_invoice": gettext_noop("Commercial invoice"),
    "photo_of_goods": gettext_noop("Photo of the goods"),
    "photo_of_packaging": gettext_noop("Photo of the packaging"),
    "photo_at_packing": gettext_noop("Photo taken at packing"),
    "recipient_statement": gettext_noop("Statement of the recipient"),
    "carrier_loss_confirmation": gettext_noop("Confirmation of the loss by the carrier"),
    "delivery": gettext_noop("Delivery of the parcel"),
}


def evidence_words(code: str) -> str:
    """A kind of evidence."""
    return _(EVIDENCE[code]) if code in EVIDENCE else code.replace("_", " ")


def reason_words(stored: Mapping[str, Any]) -> str:
    """One stored reason of a decision; the evidence it names is said in words."""
    params = stored.get("params") or {}
    if "evidence" not in params:
        return say(stored)
    proofs = ", ".join(map(evidence_words, str(params["evidence"]).split(", ")))
    return say({**stored, "params": {**params, "evidence": proofs}})


def limit_words(limit: Mapping[str, Any]) -> str:
    """The rule that limits what is paid, and where it comes from; empty where none is stored."""
    rule, source = (str(limit.get(name) or "") for name in ("rule", "source"))
    if not rule:
        return ""
    return f"{_(rule)} ({_(source)})" if source else _(rule)
