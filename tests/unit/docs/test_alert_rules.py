"""The alert rules we ship: well-formed, and about metrics that there are."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

import lumiku.core.metrics
import lumiku.payments.measure
from lumiku.api.business import Business, TierNumbers
from lumiku.api.business_metrics import render
from lumiku.payments.statistics import PaymentCounts

RULES = Path(__file__).parents[3] / "deploy" / "prometheus" / "lumiku.rules.yml"
ALERT = {"alert", "expr", "for", "labels", "annotations"}
METRIC = re.compile(r"\blumiku_\w+")
DURATION = re.compile(r"[1-9][0-9]*[smhd]")


def business() -> Business:
    numbers = TierNumbers(
        images=1, credits=3, value_idr=200, cost_idr=10, picture_value_idr=200, picture_cost_idr=10
    )
    paid = PaymentCounts({"package": 1}, 0, 1, 0, 0, {"paid": 1})
    return Business(paid, 1, 0, 1, 66.7, {"pro": 1}, 299_000, {"basic": numbers})


def known() -> set[str]:
    """Every name that /metrics can give."""
    assert lumiku.core.metrics
    assert lumiku.payments.measure
    text = render(business(), 0.3).decode()
    names = set(re.findall(r"^# TYPE (\w+)", text, re.M))
    for family in REGISTRY.collect():
        suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(
            family.type, ("",)
        )
        names |= {family.name + suffix for suffix in suffixes}
    return names


def faults(document: Any) -> list[str]:
    """What is wrong with a file of rules."""
    found = []
    names = known()
    seen = set()
    for group in document["groups"]:
        for rule in group["rules"]:
            title = str(rule.get("alert"))
            if title in seen or not re.fullmatch(r"Lumiku[A-Za-z]+", title):
                found.append(f"{title}: no name of its own")
            seen.add(title)
            if set(rule) - ALERT or not {"expr", "labels", "annotations"} <= set(rule):
                found.append(f"{title}: fields {sorted(rule)}")
                continue
            if rule["labels"].get("severity") not in {"page", "warn"} or not rule["annotations"].get(
                "summary"
            ):
                found.append(f"{title}: severity or summary")
            if "for" in rule and not DURATION.fullmatch(rule["for"]):
                found.append(f"{title}: for")
            used = set(METRIC.findall(rule["expr"]))
            found += [f"{title}: no metric {name}" for name in sorted(used - names)]
            if not used or any(rule["expr"].count(a) != rule["expr"].count(b) for a, b in ("()", "[]", "{}")):
                found.append(f"{title}: expr")
    return found


@pytest.fixture
def document() -> Any:
    return yaml.safe_load(RULES.read_text(encoding="utf-8"))


def test_the_rules_are_about_metrics_that_there_are(document: Any) -> None:
    assert faults(document) == []


def test_a_rule_that_can_never_fire_is_found(document: Any) -> None:
    rule = document["groups"][0]["rules"][0]
    rule["expr"] = "delta(lumiku_payments_atention_30d[1h]) > 0"
    rule["labels"] = {}
    assert faults(document) == [
        f"{rule['alert']}: severity or summary",
        f"{rule['alert']}: no metric lumiku_payments_atention_30d",
    ]


def test_the_operators_numbers_are_gauges_with_their_labels() -> None:
    text = render(business(), 0.3).decode()
    assert 'lumiku_revenue_30d_idr{kind="package"} 1.0' in text
    assert 'lumiku_picture_margin_ratio{tier="basic"} 0.95' in text
    assert "lumiku_mrr_idr 299000.0" in text
