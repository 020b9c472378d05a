"""One suite for every gateway: a new one adds a `Case`, and passes."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from lumiku.core.clock import utc_now
from lumiku.core.errors import InvalidInput, LumikuError, NotFound
from lumiku.payments.errors import GatewayRefused, GatewayUnavailable, SignatureRefused
from lumiku.payments.gateways.base import Callback, Gateway
from lumiku.payments.gateways.load import load_gateways
from lumiku.payments.gateways.manual import ManualGateway
from lumiku.payments.model import Invoice, Proof
from support.duitku_server import KEY, Duitku, body, duitku_server, md5

BASE = "https://pictures.example.com"


@dataclass
class Case:
    """A gateway, and how to play its other side.

    Attributes:
        paid: a genuine callback that an invoice was paid; None: the gateway sends none.
        failed: a genuine one that it was not.
        settles: has the other side say, from now on, that the invoice was paid.
        trouble: has the other side misbehave.
        troubles: the ways in which it can, besides silence.
        impatient: the same gateway, which waits a fraction of a second for an answer.
    """

    gateway: Gateway
    paid: Callable[[Invoice], Callback] | None = None
    failed: Callable[[Invoice], Callback] | None = None
    settles: Callable[[Invoice], None] | None = None
    trouble: Callable[[str], None] | None = None
    troubles: tuple[str, ...] = ()
    impatient: Gateway | None = None


def invoice(amount: int = 100_000) -> Invoice:
    now = utc_now()
    closed = dict.fromkeys(
        ("gateway_reference", "payment_url", "paid_at", "paid_by", "paid_reference", "refunded_at")
    )
    return Invoice(
        id=uuid4(),
        number="INV-2026-000001",
        user_id=uuid4(),
        kind="package",
        item="credits-1500",
        description="1,500 credits",
        amount=amount,
        currency="IDR",
        credits=1_500,
        status="pending",
        gateway="duitku",
        detail={},
        created_at=now,
        expires_at=now + timedelta(days=1),
        refunded_amount=None,
        refunded_credits=None,
        **closed,  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def duitku() -> Iterator[Duitku]:
    with duitku_server() as server:
        yield server


def _duitku_case(server: Duitku) -> Case:
    server.trouble = ""

    def misbehave(how: str) -> None:
        server.trouble = how

    def settle(about: Invoice) -> None:
        server.standing[str(about.id)] = "00"

    return Case(
        load_gateways(server.settings(), BASE, utc_now)["duitku"],
        impatient=load_gateways(server.settings(timeout_s=0.3), BASE, utc_now)["duitku"],
        paid=lambda about: Callback({}, body(str(about.id), about.amount)),
        failed=lambda about: Callback({}, body(str(about.id), about.amount, result="01")),
        settles=settle,
        trouble=misbehave,
        troubles=("500", "garbage", "list", "no-url", "script", "huge", "other", "hangs up"),
    )


@pytest.fixture(params=["manual", "duitku"])
def case(request: pytest.FixtureRequest) -> Case:
    if request.param == "manual":
        return Case(ManualGateway())
    return _duitku_case(request.getfixturevalue("duitku"))


@pytest.fixture
def calling(case: Case) -> Case:
    if case.paid is None:
        pytest.skip("sends no callbacks")
    return case


@pytest.fixture
def remote(case: Case) -> Case:
    if case.trouble is None:
        pytest.skip("has no other side")
    return case


async def test_a_page_is_for_one_invoice_and_asking_again_is_safe(case: Case) -> None:
    about = invoice()
    first, second = await asyncio.gather(*(case.gateway.open(about, "a@example.com") for _ in range(2)))
    assert (first.url is None) == (second.url is None)
    assert first.url is None or first.url.startswith("http")


async def test_what_nobody_paid_is_pending(case: Case) -> None:
    about = invoice()
    await case.gateway.open(about, "a@example.com")
    assert (await case.gateway.status(about)).outcome == "pending"


async def test_what_the_gateway_does_not_know_is_pending_and_no_trouble(case: Case) -> None:
    assert (await case.gateway.status(invoice())).outcome == "pending"


async def test_what_was_paid_is_paid_by_both_ways_with_equal_proofs(calling: Case) -> None:
    about = invoice()
    await calling.gateway.open(about, "a@example.com")
    assert calling.paid is not None
    assert calling.settles is not None
    told = calling.gateway.verify(calling.paid(about))
    calling.settles(about)
    assert told == await calling.gateway.status(about)
    assert (told.invoice_id, told.outcome) == (about.id, "paid")
    assert told.proof == Proof(calling.gateway.name, told.proof.reference, about.amount)
    other = invoice()
    assert calling.gateway.verify(calling.paid(other)).proof.reference != told.proof.reference


async def test_a_failure_is_no_payment(calling: Case) -> None:
    about = invoice()
    assert calling.failed is not None
    assert calling.gateway.verify(calling.failed(about)).outcome == "failed"


async def test_any_changed_byte_is_refused_or_changes_nothing(calling: Case) -> None:
    about = invoice()
    assert calling.paid is not None
    genuine = calling.paid(about)
    told = calling.gateway.verify(genuine)
    for place in range(len(genuine.body)):
        for change in (1, 4):
            broken = bytearray(genuine.body)
            broken[place] ^= change
            try:
                report = calling.gateway.verify(replace(genuine, body=bytes(broken)))
            except (InvalidInput, SignatureRefused):
                continue
            assert report.proof == told.proof
            assert report.invoice_id == told.invoice_id


@pytest.mark.parametrize(
    "garbage", [b"", b"{}", b"\xff\xfe", b"a=1&a=2", b"&" * 5_000, b"signature=%00", b"amount=1;signature=2"]
)
async def test_garbage_is_refused(case: Case, garbage: bytes) -> None:
    with pytest.raises((InvalidInput, SignatureRefused, NotFound)):
        case.gateway.verify(Callback({}, garbage))


async def test_trouble_on_the_other_side_is_an_outage_and_tells_no_secret(remote: Case) -> None:
    about = invoice()
    await remote.gateway.open(about, "a@example.com")
    assert remote.trouble is not None
    for how in (*remote.troubles, "silent"):
        remote.trouble(how)
        gateway = remote.impatient if how == "silent" else remote.gateway
        assert gateway is not None
        for ask in (gateway.open(about, "a@example.com"), gateway.status(about)):
            with pytest.raises((GatewayUnavailable, GatewayRefused)) as caught:
                await ask
            assert isinstance(caught.value, LumikuError)
            assert KEY not in f"{caught.value!r}{caught.value.__cause__!r}{caught.value.__context__!r}"


async def test_a_refusal_is_told_from_an_outage(remote: Case) -> None:
    assert remote.trouble is not None
    remote.trouble("refuses")
    with pytest.raises(GatewayRefused):
        await remote.gateway.open(invoice(), "a@example.com")


async def test_duitku_gets_what_it_wants_and_nothing_else_about_the_payer(duitku: Duitku) -> None:
    case, about = _duitku_case(duitku), invoice()
    await case.gateway.open(about, "payer@example.com")
    asked = duitku.orders[str(about.id)]
    assert asked["paymentAmount"] == about.amount
    assert asked["email"] == "payer@example.com"
    assert asked["callbackUrl"] == f"{BASE}/api/payments/duitku/callback"
    assert asked["returnUrl"] == f"{BASE}/api/payments/{about.id}/invoice"
    assert 1438 <= asked["expiryPeriod"] <= 1440
    assert str(about.user_id) not in str(asked)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"amount": "1"}, SignatureRefused),
        ({"signature": ""}, SignatureRefused),
        ({"signature": "é" * 32}, SignatureRefused),
        ({"merchantCode": "DS9999"}, SignatureRefused),
        ({"resultCode": "02"}, InvalidInput),
        ({"resultCode": ""}, InvalidInput),
    ],
)
async def test_duitku_callbacks_that_are_changed(
    duitku: Duitku, changes: dict[str, str], refused: type[LumikuError]
) -> None:
    case = _duitku_case(duitku)
    with pytest.raises(refused):
        case.gateway.verify(Callback({}, body(str(uuid4()), 100_000, **changes)))


@pytest.mark.parametrize("amount", ["-100000", "1e5", "100000.50", "", " 100000", "１００", "9" * 13])
async def test_duitku_amounts_that_are_signed_and_none(duitku: Duitku, amount: str) -> None:
    with pytest.raises(InvalidInput):
        _duitku_case(duitku).gateway.verify(Callback({}, body(str(uuid4()), amount)))


async def test_duitku_of_another_merchant_with_the_same_key_is_refused(duitku: Duitku) -> None:
    order = str(uuid4())
    signed = md5(f"DS9999100000{order}{KEY}")
    sent = body(order, 100_000, merchantCode="DS9999", signature=signed)
    with pytest.raises(SignatureRefused):
        _duitku_case(duitku).gateway.verify(Callback({}, sent))


async def test_duitku_amounts_with_cents_of_nothing_count(duitku: Duitku) -> None:
    order = uuid4()
    report = _duitku_case(duitku).gateway.verify(Callback({}, body(str(order), "100000.00")))
    assert (report.proof.amount, report.invoice_id) == (100_000, UUID(str(order)))
