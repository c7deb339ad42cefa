"""China: the cross-border export list (mode 9610) and the full export declaration (报关单)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from customs.rules.declarations.elements import LINES
from customs.rules.declarations.inputs import DeclarationInput, DeclarationLine
from customs.rules.declarations.shares import kilograms
from customs.rules.facts import read_rows

SIMPLIFIED = "simplified_classification 综试区"
_MODES = {"sea": "2", "rail": "3", "road": "4", "air": "5", "post": "6"}
_CARTON = "2"
_PIECES = "011"


class ChinaCodesMissing(ValueError):
    """An export from China was asked for without the operator's Chinese codes. Permanent."""


@lru_cache(maxsize=1)
def _currency_codes() -> Mapping[str, str]:
    rows = read_rows("cn_customs_codes.csv")
    return {row["code"]: row["value"] for row in rows if row["code_list"] == "currency"}


def _net_kg(source: DeclarationInput) -> str:
    return f"{kilograms(sum(line.net_weight_g for line in source.lines)):f}"


def _price(source: DeclarationInput, line: DeclarationLine) -> dict[str, str]:
    # A currency without a Chinese code stays empty, which validation reports on its line.
    return {
        "price": f"{line.unit_value:f}",
        "total": f"{line.value:f}",
        "currency": _currency_codes().get(source.currency, ""),
    }


def build_list_9610(source: DeclarationInput) -> Mapping[str, Any]:
    """The export list of one parcel; order and waybill numbers must match the other two lists."""
    china = source.china
    if china is None:
        raise ChinaCodesMissing("china: the operator's codes are missing; give ChinaExport")
    return {
        "ebp_code_name 电商平台": {"code": china.platform_code, "name": china.platform_name},
        "ebc_code_name 电商企业": {"code": china.seller_code, "name": source.exporter.name},
        "agent 申报企业": {"code": china.agent_code, "name": china.agent_name},
        "logistics_code_name 物流企业": {
            "code": china.logistics_code,
            "name": china.logistics_name,
        },
        "order_no 订单编号": source.order_number,
        "logistics_no 运单编号": source.transport_document,
        "payment_receipt 收款单": source.payment_reference,
        "customs_code 申报地 / port_code 口岸": {
            "customs_code": china.customs_code,
            "port_code": china.port_code,
        },
        "ie_date, traf_mode, voyage, bill_no": {
            "ie_date": source.on.isoformat(),
            "traf_mode": _MODES.get(source.transport_mode, ""),
            "voyage": source.vehicle,
            "bill_no": source.previous_document or source.transport_document,
        },
        "country 运抵国 / pod 指运港": {
            "country": source.destination_country,
            "pod": source.port_of_destination or source.destination_country,
        },
        "gross_weight net_weight packages wrap_type": {
            "gross_weight": f"{kilograms(source.gross_weight_g):f}",
            "net_weight": _net_kg(source),
            "packages": source.packages,
            "wrap_type": _CARTON,
        },
        "trade_mode": "9610",
        SIMPLIFIED: "yes" if china.simplified_classification else "no",
        LINES: [
            {
                "gcode 商品编码": line.code,
                "gname gmodel 品名 规格型号": {"gname": line.description, "gmodel": line.model},
                "qty unit qty1 unit1 (法定)": {"qty": line.quantity, "unit": _PIECES},
                "price total currency": _price(source, line),
            }
            for line in source.lines
        ],
    }


def build_bgd(source: DeclarationInput) -> Mapping[str, Any]:
    """The full export declaration; its customs number comes with the acceptance."""
    china = source.china
    if china is None:
        raise ChinaCodesMissing("china: the operator's codes are missing; give ChinaExport")
    mode = _MODES.get(source.transport_mode, "")
    # A merchant without a Chinese registration exports in the name of the operator's agent.
    consignor = {"name": china.agent_name, "uscc": china.uscc}
    if source.exporter.tax_id:
        consignor = {"name": source.exporter.name, "uscc": source.exporter.tax_id}
    return {
        "预录入编号": source.lrn,
        "境内发货人(USCC)": consignor,
        "出境关别": china.port_code,
        "出口日期": source.on.isoformat(),
        "申报日期": source.on.isoformat(),
        "境外收货人": source.importer.name,
        "运输方式": mode,
        "运输工具名称及航次号": source.vehicle or source.transport_document,
        "提运单号": source.transport_document,
        "生产销售单位": source.exporter.name,
        "监管方式(0110/9610/9710/9810/1210/1039)": "9610",
        "征免性质": "101",
        "合同协议号": source.order_number,
        "贸易国(地区)": source.destination_country,
        "运抵国": source.destination_country,
        "指运港": source.port_of_destination or source.destination_country,
        "离境口岸": china.port_code,
        "包装种类": _CARTON,
        "件数": source.packages,
        "毛重": f"{kilograms(source.gross_weight_g):f}",
        "净重": _net_kg(source),
        "成交方式(FOB/CIF/C&F)": "FOB" if source.incoterm == "FOB" else "C&F",
        "随附单证": source.invoice_number,
        "标记唛码及备注": source.order_number,
        "申报人员/单位": {"name": china.agent_name, "uscc": china.uscc},
        LINES: [
            {
                "项号": number,
                "商品编号(10位 +检验检疫3位)": line.code,
                "商品名称及规格型号(申报要素)": f"{line.description} {line.model}".strip(),
                "数量及单位(成交/法定)": {"quantity": line.quantity, "unit": _PIECES},
                "单价/总价/币制": _price(source, line),
                "原产国": line.origin_country,
                "最终目的国": source.destination_country,
                "境内货源地": china.source_place,
                "征免": "1",
            }
            for number, line in enumerate(source.lines, start=1)
        ],
    }
