"""Goods in buildings: stock and parcels, which building ships what, and suppliers behind them."""

from __future__ import annotations

from warehouse.models.allocation import (
    AllocationPolicy,
    Backorder,
    BackorderClaim,
    NewWorkDigest,
    Simulation,
    SimulationRow,
)
from warehouse.models.cartons import CartonType
from warehouse.models.counts import CountLine, CountList, CountTask
from warehouse.models.extras import PackingExtra, ParcelExtra, ParcelPhoto
from warehouse.models.floor import Parcel, ParcelItem, PickTask, Scan, Wave, WaveKind
from warehouse.models.inbounds import (
    Inbound,
    InboundGoods,
    InboundLine,
    InboundStatus,
    InboundUnknown,
    StationDesk,
)
from warehouse.models.levels import ReplenishTask, StockCover, StockLevel
from warehouse.models.places import FloorRole, Location, StaffAssignment, Warehouse
from warehouse.models.printing import PrintAgent, Printer, PrintJob, StationPrinter
from warehouse.models.stations import (
    PutWall,
    PutWallSlot,
    SinglePiece,
    SlotUse,
    StationScan,
)
from warehouse.models.stock import Allocation, Condition, Reservation, StockBalance, StockMove
from warehouse.models.supply import (
    Supplier,
    SupplierProduct,
    SupplierRequest,
    SupplierRequestLine,
)
from warehouse.models.units import HandlingUnit, SsccSeries, UnitParcel, UnitScan
from warehouse.models.waves import (
    FloorPolicy,
    PutBack,
    ShortAnswer,
    ShortPick,
    WaveRun,
    WaveTemplate,
)
from warehouse.models.weighing import ContentWeight, Weighing

__all__ = [
    "Allocation", "AllocationPolicy", "Backorder", "BackorderClaim", "CartonType", "Condition",
    "ContentWeight", "CountLine", "CountList", "CountTask", "FloorPolicy", "FloorRole",
    "HandlingUnit", "Inbound", "InboundGoods", "InboundLine", "InboundStatus", "InboundUnknown",
    "Location", "NewWorkDigest", "PackingExtra", "Parcel", "ParcelExtra", "ParcelItem",
    "ParcelPhoto", "PickTask", "PrintAgent", "PrintJob", "Printer", "PutBack", "PutWall",
    "PutWallSlot", "ReplenishTask", "Reservation", "Scan", "ShortAnswer", "ShortPick",
    "Simulation", "SimulationRow", "SinglePiece", "SlotUse", "SsccSeries", "StaffAssignment",
    "StationDesk", "StationPrinter", "StationScan", "StockBalance", "StockCover", "StockLevel",
    "StockMove", "Supplier", "SupplierProduct", "SupplierRequest", "SupplierRequestLine",
    "UnitParcel", "UnitScan", "Warehouse", "Wave", "WaveKind", "WaveRun", "WaveTemplate",
    "Weighing",
]  # fmt: skip
