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
from warehouse.models.floor import (
    Allocation,
    Location,
    Parcel,
    ParcelItem,
    PickTask,
    Reservation,
    Scan,
    StaffAssignment,
    StockBalance,
    StockMove,
    Warehouse,
    Wave,
)
from warehouse.models.supply import (
    Supplier,
    SupplierProduct,
    SupplierRequest,
    SupplierRequestLine,
)

__all__ = [
    "Allocation", "AllocationPolicy", "Backorder", "BackorderClaim", "CartonType", "Location",
    "NewWorkDigest", "Parcel", "ParcelItem", "PickTask", "Reservation", "Scan", "Simulation",
    "SimulationRow", "StaffAssignment", "StockBalance", "StockMove", "Supplier",
    "SupplierProduct", "SupplierRequest", "SupplierRequestLine", "Warehouse", "Wave",
]  # fmt: skip
