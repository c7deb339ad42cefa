"""Places of a warehouse, made and measured by a person or from a file."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import asdict

from django.db import transaction

from core.sentences import Sentence, gettext_noop
from warehouse.models import Location, StockBalance, Warehouse
from warehouse.rules.place_rows import COLUMNS, Fault, PlaceFacts, ReadRow
from warehouse.services.locations import NotInTree, check_parent

log = logging.getLogger("waybridge.places")


class BadPlace(ValueError):
    """The place cannot be so; `fault` names the column and says why. Permanent."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(f"{fault.column}: {fault.sentence.text}")


def save_place(
    *,
    warehouse: Warehouse,
    facts: PlaceFacts,
    actor: str,
    named: Collection[str] = COLUMNS,
) -> tuple[Location, bool]:
    """Make a place or change the one of that code; return it and whether it is new.

    Of a known place only the columns in `named` change: a file of positions takes no capacity away.
    Raises `BadPlace`. Goods keep lying where they lie: a place that holds goods, and one that holds
    other places, keeps its kind. Call across merchants: whose goods lie there does not matter.
    """
    with transaction.atomic():
        place = (
            Location.objects.select_for_update()
            .filter(warehouse=warehouse, code=facts.code)
            .first()
        )
        is_kept = place is not None and "parent" not in named
        parent = place.parent if place and is_kept else _parent(warehouse, facts)
        _check_tree(warehouse, facts, parent)
        _check_change(place, facts, parent)
        values = {**asdict(facts), "parent": parent}
        del values["code"]
        if place is None:
            place = Location.objects.create(warehouse=warehouse, code=facts.code, **values)
            is_new = True
        else:
            changed = {name: value for name, value in values.items() if name in named}
            for name, value in changed.items():
                setattr(place, name, value)
            place.save(update_fields=list(changed))
            is_new = False
    log.info("place %s/%s %s by %s", warehouse.code, place.code,
             "made" if is_new else "changed", actor)  # fmt: skip
    return place, is_new


def save_places(
    *, warehouse: Warehouse, rows: Iterable[ReadRow], actor: str
) -> tuple[int, int, list[ReadRow]]:
    """Take over the rows of a file in their order; return how many were new, how many were known,
    and the rejected ones with what is wrong. The same file again changes nothing more."""
    made = changed = 0
    rejected: list[ReadRow] = []
    for row in rows:
        if row.facts is None:
            rejected.append(row)
            continue
        try:
            is_new = save_place(warehouse=warehouse, facts=row.facts, actor=actor, named=row.named)[
                1
            ]
        except BadPlace as error:
            rejected.append(ReadRow(row.line, row.said, None, error.fault))
            continue
        made, changed = made + is_new, changed + (not is_new)
    return made, changed, rejected


def _parent(warehouse: Warehouse, facts: PlaceFacts) -> Location | None:
    if not facts.parent:
        return None
    found = Location.objects.filter(warehouse=warehouse, code=facts.parent).first()
    if found is None:
        text = gettext_noop("There is no place {code} in this warehouse: make it first.")
        raise BadPlace(Fault("parent", Sentence("parent", text, {"code": facts.parent})))
    return found


def _check_tree(warehouse: Warehouse, facts: PlaceFacts, parent: Location | None) -> None:
    if parent is None:
        return
    try:
        check_parent(kind=facts.kind, warehouse_id=warehouse.pk, parent=parent)
    except NotInTree as error:
        text = gettext_noop("{kind} cannot lie in {code}, which is {other}.")
        params = {"kind": facts.kind, "code": parent.code, "other": parent.kind}
        raise BadPlace(Fault("parent", Sentence("tree", text, params))) from error


def _check_change(place: Location | None, facts: PlaceFacts, parent: Location | None) -> None:
    if place is None:
        return
    if place.kind in Location.COUNTERPARTS:
        text = gettext_noop("{code} is a place of the ledger, not of the building.")
        raise BadPlace(Fault("code", Sentence("counterpart", text, {"code": place.code})))
    # Kinds rise in the tree, so nothing can come to lie in itself while they are checked.
    if place.kind != facts.kind and (
        place.children.exists()
        or StockBalance.objects.filter(location=place, on_hand__gt=0).exists()
    ):
        text = gettext_noop("Goods or other places lie in it: it stays {kind}.")
        raise BadPlace(Fault("kind", Sentence("kept", text, {"kind": place.kind})))
    if parent is not None and parent.pk == place.pk:
        text = gettext_noop("A place cannot lie in itself.")
        raise BadPlace(Fault("parent", Sentence("itself", text)))
