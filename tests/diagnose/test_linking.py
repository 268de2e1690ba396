from storeops.diagnose.finding import Cause, Direction, Finding, Owner, Severity, Subject
from storeops.diagnose.linking import link
from storeops.diagnose.topics.shop import PAID
from storeops.messages import message


def finding(id_, impact, kind=None):
    return Finding(
        id=id_,
        topic="t",
        subject=Subject(kind or id_.split(":")[0], id_.split(":")[-1]),
        metric="paid_amount",
        direction=Direction.DOWN if impact < 0 else Direction.UP,
        severity=Severity.ACT,
        owner=Owner.OPERATIONS,
        text=message("finding.figure"),
        impact=impact,
    )


DAY = finding(PAID, -1000.0, "shop")


def causes(findings, cause=Cause.SHOP):
    return {f.id: f.because_of for f in link(findings, cause)}


def test_an_item_that_carries_half_of_the_fall_is_the_cause_of_the_day_and_of_its_source():
    found = causes([DAY, finding("item:a", -800.0), finding("source:search", -900.0)])
    assert found == {PAID: "item:a", "item:a": None, "source:search": "item:a"}


def test_without_such_an_item_the_source_is_the_cause():
    found = causes([DAY, finding("item:a", -300.0), finding("source:search", -900.0)])
    assert found == {PAID: "source:search", "item:a": "source:search", "source:search": None}


def test_a_fall_spread_over_many_members_stays_one_finding_of_the_day():
    found = causes([DAY, finding("item:a", -300.0), finding("item:b", -300.0)])
    assert found == {PAID: None, "item:a": PAID, "item:b": PAID}


def test_a_market_fall_is_never_blamed_on_an_item():
    found = causes([DAY, finding("item:a", -900.0)], Cause.MARKET)
    assert found == {PAID: None, "item:a": PAID}


def test_a_member_that_moved_the_other_way_stands_by_itself():
    found = causes([DAY, finding("item:a", -800.0), finding("item:b", 400.0)])
    assert found["item:b"] is None


def test_a_refund_finding_is_not_hung_on_a_fall_in_sales():
    found = causes([DAY, finding("shop.refunded_amount", -700.0, "shop")])
    assert found["shop.refunded_amount"] is None


def test_on_a_normal_day_the_source_of_a_moving_item_is_not_told_twice():
    found = causes([finding("item:a", -500.0), finding("source:search", -520.0)])
    assert found == {"item:a": None, "source:search": "item:a"}


def test_order_of_findings_does_not_matter():
    some = [DAY, finding("item:a", -800.0), finding("source:s", -900.0), finding("item:b", 50.0)]
    assert causes(some) == causes(some[::-1])
