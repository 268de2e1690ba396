"""The JSON document keeps its contract: keys, types, units, and nothing that varies."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hostile import hostile_report, words

from storeops.reporter import jsondoc

NUMBER = (int, float, type(None))
TEXT = (str,)
OPTIONAL_TEXT = (str, type(None))
CONTRACT: dict[str, Any] = {
    "schema": TEXT,
    "shop": TEXT,
    "date": TEXT,
    "verdict": {
        "state": TEXT, "cause": OPTIONAL_TEXT, "direction": OPTIONAL_TEXT,
        "main_factor": OPTIONAL_TEXT, "impact": NUMBER, "confidence": TEXT, "text": TEXT,
    },
    "figures": [
        {
            "metric": TEXT, "unit": TEXT, "value": NUMBER, "baseline": NUMBER,
            "expected_low": NUMBER, "expected_high": NUMBER, "previous_day": NUMBER,
            "same_weekday": NUMBER, "peer": NUMBER, "abnormal": (bool,),
        }
    ],
    "decomposition": {
        "metric": TEXT, "from": NUMBER, "to": NUMBER,
        "parts": [{"factor": TEXT, "amount": (int, float)}],
    },
    "pace": (type(None),),
    "findings": [
        {
            "id": TEXT, "topic": TEXT, "metric": TEXT,
            "subject": {"kind": TEXT, "id": TEXT, "name": TEXT},
            "direction": OPTIONAL_TEXT, "impact": NUMBER, "severity": TEXT, "owner": TEXT,
            "text": TEXT, "action": OPTIONAL_TEXT, "because_of": OPTIONAL_TEXT,
            "evidence": [{"text": TEXT, "metric": OPTIONAL_TEXT, "value": NUMBER, "baseline": NUMBER}],
        }
    ],
    "checked": [{"topic": TEXT, "text": TEXT}],
    "notes": [{"kind": TEXT, "text": TEXT, "file": OPTIONAL_TEXT}],
    "files": [
        {
            "file": TEXT, "layout": OPTIONAL_TEXT, "status": TEXT, "rows_in": (int,),
            "rows_kept": (int,), "rows_reported": (int,),
        }
    ],
}  # fmt: skip


def check(value: Any, shape: Any, where: str = "$") -> None:
    if isinstance(shape, dict):
        assert list(value) == list(shape), where
        for key, inner in shape.items():
            check(value[key], inner, f"{where}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), where
        assert value, f"{where} is empty: the example must have one of each"
        for index, item in enumerate(value):
            check(item, shape[0], f"{where}[{index}]")
    else:
        assert isinstance(value, shape), where
        assert not isinstance(value, bool) or bool in shape, where


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return jsondoc.render(hostile_report(), words("zh"))


def test_keys_order_and_types_are_the_contract(document):
    check(document, CONTRACT)


def test_the_document_looks_as_it_did(document, golden):
    golden("report_zh.json", json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def test_it_is_valid_json_and_the_same_every_time(document):
    text = json.dumps(document, allow_nan=False)
    assert json.loads(text) == document
    assert text == json.dumps(jsondoc.render(hostile_report(), words("zh")), allow_nan=False)


def test_money_is_rounded_to_the_fen_and_rates_are_not(document):
    paid, visitors, conversion, per_buyer = document["figures"][:4]
    assert (paid["value"], paid["baseline"]) == (48210.35, 58800.0)
    assert (visitors["value"], visitors["baseline"]) == (22610, 23318.5)
    assert conversion["value"] == 409 / 22610
    assert per_buyer["value"] == 48210.35 / 409
    assert document["verdict"]["impact"] == -10590.12


def test_the_parts_add_up_to_the_fen(document):
    split = document["decomposition"]
    total = math.fsum(part["amount"] for part in split["parts"])
    assert total == pytest.approx(split["to"] - split["from"], abs=1e-9)


def test_language_changes_the_words_and_no_number(document):
    def numbers(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: numbers(item)
                for key, item in value.items()
                if key not in {"text", "action", "name"}
            }
        return [numbers(item) for item in value] if isinstance(value, list) else value

    assert numbers(jsondoc.render(hostile_report(), words("en"))) == numbers(document)


def test_texts_are_inert(document):
    text = json.dumps(document, ensure_ascii=False)
    assert not [char for char in text if char < " " or char in "\u202e\u202c\x7f"]
    assert "\\u001b" not in json.dumps(document)


def test_one_shop_is_a_report_and_several_are_a_list():
    report = hostile_report()
    assert jsondoc.document([report], words("zh"))["schema"] == "storeops.report/1"
    several = jsondoc.document([report, report], words("zh"))
    assert several["schema"] == "storeops.reports/1"
    assert [r["schema"] for r in several["reports"]] == ["storeops.report/1"] * 2
    assert jsondoc.document([], words("zh"))["reports"] == []
