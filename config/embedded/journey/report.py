"""What the journey leaves behind: journey.json, rejected.csv and the papers.

The totals are of the orders of this file, whoever created them and whenever, so that the same file
again gives the same totals; only `created` says what this run added.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from config.embedded.journey.steps import Journey, at_once

EXTENSIONS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
PAPERS = frozenset({"label", "commercial_invoice", "packing_list"})
"""What every booked parcel has."""
NOT_REQUIRED = "NONE"
ALLOCATED = frozenset({"allocated", "packed", "shipped", "delivered", "lost"})
PACKED = ALLOCATED - {"allocated"}
COSTS = (
    "status", "scheme", "currency", "duty", "tax", "fees", "total_charges", "buyer_total",
)  # fmt: skip
Picture = Mapping[str, Any]


def collect(journey: Journey) -> list[Picture]:
    """Return the whole picture of each order of the file, in the file's order, papers complete."""
    references = [journey.seen[n]["reference"] for n in journey.numbers if n in journey.seen]
    pictures: dict[str, Picture] = {}
    with journey.stages.stage("documents", len(references)) as stage:
        left = references
        while left:
            for picture in at_once(journey.api.order, left):
                pictures[picture["reference"]] = picture
            left = [reference for reference in left if _lacks_papers(pictures[reference])]
            stage.at(len(references) - len(left))
            if left:
                stage.wait(1.0, f"{len(left)} orders lack papers, among them {left[0]}")
    return [pictures[reference] for reference in references]


def _lacks_papers(picture: Picture) -> bool:
    made = {paper["kind"] for paper in picture["documents"]}
    return _is_booked(picture) and not made >= PAPERS


def _is_booked(picture: Picture) -> bool:
    return bool(picture["parcels"]) and all(
        parcel["booking"] and parcel["booking"]["status"] == "booked"
        for parcel in picture["parcels"]
        if parcel["status"] != "cancelled"
    )


def _is_declared(picture: Picture) -> bool:
    """Released for export, and the import declaration lodged wherever one is required."""
    said = [entry for parcel in picture["parcels"] for entry in parcel["declarations"]]
    is_exported = [e["status"] == "released" for e in said if e["direction"] == "export"]
    is_lodged = [
        e["dataset"] == NOT_REQUIRED or bool(e["mrn"]) for e in said if e["direction"] == "import"
    ]
    return bool(is_exported) and all(is_exported) and all(is_lodged)


def save_papers(journey: Journey, pictures: Sequence[Picture], out: Path) -> None:
    """Download every order's papers, claims' payout advices, pick lists and manifests."""
    wanted: list[tuple[Path, Callable[[str], bytes], str]] = []
    for picture in pictures:
        folder = out / "documents" / str(picture["reference"])
        wanted += [(folder / name_of(p), journey.api.content, p["url"])
                   for p in picture["documents"]]  # fmt: skip
    for reference, advice in journey.advices.items():
        folder = out / "documents" / reference
        wanted.append((folder / name_of(advice), journey.api.content, advice["url"]))
    for path, url in journey.floor_papers.items():
        wanted.append((out / "documents" / path, journey.floor.content, url))
    with journey.stages.stage("downloads", len(wanted)) as stage:

        def save(paper: tuple[Path, Callable[[str], bytes], str]) -> None:
            path, fetch, url = paper
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(fetch(url))
            stage.add()

        at_once(save, wanted)


def name_of(paper: Mapping[str, Any]) -> str:
    """Return a paper's file name: its kind and number, which never change their content."""
    extension = EXTENSIONS.get(paper["content_type"], "bin")
    return f"{paper['kind']}-{paper['number']}.{extension}"


def totals(journey: Journey, pictures: Sequence[Picture]) -> dict[str, Any]:
    """Return the counts; what each means stands in docs/journey.md."""
    upload = journey.imports["orders"]
    references = {picture["reference"] for picture in pictures}
    claims = {ref: c for ref, c in journey.claims.items() if ref in references}

    def count(test: Callable[[Picture], bool]) -> int:
        return sum(map(test, pictures))

    return {
        "orders_in_file": len(journey.numbers),
        "received": len(pictures),
        "created": upload["entries_created"],
        "rejected": upload["rows_rejected"],
        "held": count(lambda p: p["status"] == "held"),
        "backordered": count(lambda p: p["status"] == "backordered"),
        "allocated": count(lambda p: p["status"] in ALLOCATED),
        "booked": count(_is_booked),
        "packed": count(lambda p: p["status"] in PACKED),
        "declared": count(_is_declared),
        "delivered": count(lambda p: p["status"] == "delivered"),
        "lost": count(lambda p: p["status"] == "lost"),
        "claimed": len(claims),
        "claims_paid": sum(claim["status"] == "paid" for claim in claims.values()),
        "seconds_by_stage": dict(journey.stages.seconds),
    }


def entry(picture: Picture, advice: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return one order as journey.json lists it; of several parcels the first one's booking."""
    parcel: Mapping[str, Any] = next(
        (p for p in picture["parcels"] if p["status"] != "cancelled"), {}
    )
    booking = parcel.get("booking") or {}
    cost = parcel.get("landed_cost")
    papers = [*picture["documents"], *([advice] if advice else [])]
    return {
        "external_order": picture["external_order"],
        "reference": picture["reference"],
        "status": picture["status"],
        "holds": sorted({h["code"] for h in picture["holds"] if h["released_at"] is None}),
        "carrier": booking.get("carrier"),
        "service": booking.get("service"),
        "tracking_number": booking.get("tracking_number"),
        "landed_cost": {name: cost[name] for name in COSTS} if cost else None,
        "documents": [
            {"kind": p["kind"], "path": f"documents/{picture['reference']}/{name_of(p)}"}
            for p in papers
        ],
    }


def write(journey: Journey, pictures: Sequence[Picture], out: Path) -> dict[str, Any]:
    """Write journey.json and rejected.csv; return the former."""
    (out / "rejected.csv").write_bytes(journey.api.rejected(journey.imports["orders"]["id"]))
    if journey.imports["products"]["rows_rejected"]:
        rows = journey.api.rejected(journey.imports["products"]["id"])
        (out / "rejected-products.csv").write_bytes(rows)
    result = totals(journey, pictures)
    result["orders"] = [entry(p, journey.advices.get(p["reference"])) for p in pictures]
    fresh = out / ".journey.json"
    fresh.write_text(json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8")
    fresh.replace(out / "journey.json")
    return result
