"""Stage 5, fulfilment: a single piece is found broken when its order is claimed.

The claim is given back, the piece becomes damaged stock, and the order takes the next free piece of
the building; where there is none it leaves its wave and waits, as for a short pick.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.sentences import Sentence, gettext_noop
from core.tenancy import merchant
from flows.short_picks import go_without, promised_since
from warehouse.models import Parcel, PickTask, Wave
from warehouse.services.broken import NotOnePiece, break_piece
from warehouse.services.leaving import settle_waves
from warehouse.services.printing import withdraw_labels
from warehouse.services.shorts import Short


def report_broken(
    *, merchant_id: int, parcel_id: int, actor: str, now: datetime
) -> tuple[Sentence, ...]:
    """Take a packer's word that the piece of a claimed parcel is broken; return what to do.

    Raises `NotOnePiece`, or `CannotLeave` when the order would have to leave its wave and may not
    just now; then nothing was changed.
    """
    with merchant(merchant_id), transaction.atomic():
        wave_id = Parcel.objects.values_list("wave_id", flat=True).get(pk=parcel_id)
        wave = Wave.objects.select_for_update().filter(pk=wave_id).first()
        parcel = Parcel.objects.select_for_update().get(pk=parcel_id)
        task = PickTask.objects.filter(parcel=parcel).first()
        if wave is None or task is None:
            raise NotOnePiece(parcel.reference)
        since = promised_since(wave, task.pk)
        short = break_piece(parcel=parcel, actor=actor, now=now)
        if short.places:
            # What came out is waste; the label comes anew with the next piece.
            withdraw_labels(parcel_id=parcel.pk, now=now)
            said = _another(parcel, short)
        else:
            said = go_without(short, since, actor, now)
        settle_waves(wave_ids=[wave.pk])
        text = gettext_noop("Lay the broken piece aside and throw its label away.")
        return Sentence("broken", text), said


def _another(parcel: Parcel, short: Short) -> Sentence:
    places = ", ".join(each.location for each in short.places)
    text = gettext_noop("{parcel} gets another piece, from {places}: it is on the wave's list.")
    return Sentence("broken_another", text, {"parcel": parcel.reference, "places": places})


__all__ = ["NotOnePiece", "report_broken"]
