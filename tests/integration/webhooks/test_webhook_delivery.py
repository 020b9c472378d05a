"""Events on their way to receivers that behave, and that do not."""

import asyncio
import json
from collections import Counter
from datetime import timedelta

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from lumiku.core.ids import new_id
from lumiku.core.page import Page
from lumiku.core.secrets import MasterKey, Secrets
from lumiku.intake.address import IPAddress
from lumiku.intake.errors import SourceFailed
from lumiku.webhooks.deliveries import list_deliveries, redeliver, send_test
from lumiku.webhooks.endpoints import EndpointChange, change_endpoint, rotate_secret
from lumiku.webhooks.errors import DeliveryNotFound, EndpointDisabled
from lumiku.webhooks.publish import publish
from lumiku.webhooks.settle import WAITS_S
from lumiku.webhooks.sign import secret_of
from lumiku.webhooks.upkeep import forget_old, requeue_lost
from support.database import query
from support.people import People
from support.receiver import Receiver, answer, silence
from support.webhooks import Post


def mails(url: str) -> list[str]:
    """Kinds of the mails in the queue."""
    found = query(
        url, "SELECT args->>'kind' FROM procrastinate_jobs WHERE task_name = 'send_mail' ORDER BY id"
    )
    return [str(kind) for (kind,) in found]


async def test_an_event_arrives_and_an_independent_library_verifies_it(
    post: Post, receiver: Receiver
) -> None:
    endpoint = await post.endpoint(receiver.url("/hook?shop=1"))
    (delivery,) = await post.publish(batch={"id": "b1", "name": "Musim panas ☀"})
    assert await post.deliver(delivery)
    (got,) = receiver.received
    verifier = Webhook(secret_of(post.secrets, endpoint))
    told = verifier.verify(got.body, got.headers)
    assert told["type"] == "batch.completed"
    assert told["data"] == {"batch": {"id": "b1", "name": "Musim panas ☀"}}
    assert got.path == "/hook?shop=1"
    assert got.headers["content-type"] == "application/json"
    row = await post.row(delivery)
    assert got.headers["webhook-id"] == f"msg_{row['event_id'].hex}"
    assert (row["status"], row["attempts"], row["last_status"], row["next_at"]) == ("succeeded", 1, 200, None)
    assert row["last_reason"] is None
    with pytest.raises(WebhookVerificationError):
        verifier.verify(got.body + b" ", got.headers)
    other = await post.endpoint(receiver.url())
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_of(post.secrets, other)).verify(got.body, got.headers)


async def test_who_is_told(post: Post, receiver: Receiver) -> None:
    first = await post.endpoint(receiver.url(), ("batch.completed",))
    second = await post.endpoint(receiver.url(), ("batch.completed", "removal.failed"))
    off = await post.endpoint(receiver.url(), ("batch.completed",))
    change = EndpointChange(enabled=False)
    await change_endpoint(post.db, post.user_id, off.id, change, settings=post.settings, now=post.now)
    people = People(post.db)
    stranger = Post(post.db, (await people.register("dog@example.com")).id)
    people.passwords.close()
    await stranger.endpoint(receiver.url())
    await post.publish("batch.completed")
    rows = await post.rows()
    assert {row["endpoint_id"] for row in rows} == {first.id, second.id}
    assert len({row["event_id"] for row in rows}) == 1
    await post.publish("removal.failed")
    assert Counter(row["endpoint_id"] for row in await post.rows()) == {first.id: 1, second.id: 2}
    await post.publish("removal.completed")
    assert len(await post.rows()) == 3


async def test_what_is_rolled_back_was_never_told(post: Post, receiver: Receiver, owner_url: str) -> None:
    await post.endpoint(receiver.url())
    async with post.db.transaction() as tx:
        assert await publish(tx, post.user_id, "batch.completed", {}) == 1
        await tx.rollback()
    assert await post.rows() == []
    assert query(owner_url, "SELECT count(*) FROM procrastinate_jobs") == [(0,)]


async def drops(writer: asyncio.StreamWriter) -> None:
    for byte in answer(200) * 1000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.2)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + bytes(65536) + b"\r\n")
        await writer.drain()


async def endless_head(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 Fine\r\n")
    while True:
        writer.write(b"X-More: " + b"x" * 1000 + b"\r\n")
        await writer.drain()


BEYOND_ALL_CALENDARS = f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT"
BAD = {
    "far date": (answer(503, Retry_After=BEYOND_ALL_CALENDARS), 503, "status 503", "refused"),
    "500": (answer(500), 500, "status 500", "refused"),
    "404": (answer(404), 404, "status 404", "refused"),
    "redirect": (
        answer(302, Location="http://169.254.169.254/latest/meta-data/"),
        302,
        "redirects",
        "redirect",
    ),
    "permanent redirect": (answer(308, Location="http://127.0.0.1/admin"), 308, "redirects", "redirect"),
    "hang up": (hang_up, None, "no HTTP", "no_http"),
    "garbage": (b"220 smtp ready\r\n\r\n", None, "no HTTP", "no_http"),
    "endless head": (endless_head, None, "no HTTP", "no_http"),
    "silence": (silence, None, "in time", "timeout"),
    "drops": (drops, None, "in time", "timeout"),
}


@pytest.mark.parametrize("name", BAD)
async def test_what_has_not_arrived_is_tried_again(post: Post, receiver: Receiver, name: str) -> None:
    play, status, said, reason = BAD[name]
    if name in {"silence", "drops"}:
        post.settings = post.settings.model_copy(update={"timeout_s": 1.0})
    receiver.will(play, answer(204))
    endpoint = await post.endpoint(receiver.url())
    (delivery,) = await post.publish()
    assert not await post.deliver(delivery)
    row = await post.row(delivery)
    assert (row["status"], row["attempts"], row["last_status"]) == ("pending", 1, status)
    assert said in row["last_error"]
    assert row["last_reason"] == reason
    assert timedelta(seconds=5) <= row["next_at"] - post.now <= timedelta(seconds=6)
    assert (await post.find(endpoint.id)).failing_since == post.now
    assert len(receiver.received) == 1  # no redirect was followed, here at least
    assert not await post.deliver(delivery)  # not due yet
    post.later(seconds=6)
    assert await post.deliver(delivery)
    first, second = receiver.received
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert (await post.find(endpoint.id)).failing_since is None


async def test_what_has_arrived_has_whatever_the_answer_says_besides(post: Post, receiver: Receiver) -> None:
    receiver.will(answer(200, Retry_After=BEYOND_ALL_CALENDARS))
    await post.endpoint(receiver.url())
    (delivery,) = await post.publish()
    assert await post.deliver(delivery)
    assert (await post.row(delivery))["status"] == "succeeded"


async def test_what_nobody_foresaw_is_a_failure_like_any_other(
    post: Post, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the delivery is claimed, never settled, and posted again for ever."""

    def stumbles(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret-hint")

    endpoint = await post.endpoint(receiver.url())
    (delivery,) = await post.publish()
    for attempt, least_s in enumerate(WAITS_S[:3], 1):
        with monkeypatch.context() as planted:
            planted.setattr("lumiku.webhooks.post._seconds", stumbles)
            assert not await post.deliver(delivery)
        row = await post.row(delivery)
        assert (row["status"], row["attempts"], row["sending_until"]) == ("pending", attempt, None)
        assert row["last_error"] == "The other side's answer could not be understood."
        assert row["last_reason"] == "unclear"
        wait_s = (row["next_at"] - post.now).total_seconds()
        assert least_s <= wait_s <= least_s * 1.1
        assert (await post.find(endpoint.id)).failing_since is not None
        post.later(seconds=wait_s)
    assert await post.deliver(delivery)
    assert (await post.find(endpoint.id)).failing_since is None


async def test_a_redirect_is_not_followed_even_to_where_we_would_send(post: Post, receiver: Receiver) -> None:
    receiver.will(answer(307, Location=receiver.url("/elsewhere")))
    await post.endpoint(receiver.url("/hook"))
    (delivery,) = await post.publish()
    await post.deliver(delivery)
    assert [got.path for got in receiver.received] == ["/hook"]


async def test_an_endless_answer_is_not_read(post: Post, receiver: Receiver) -> None:
    receiver.will(endless)
    await post.endpoint(receiver.url())
    (delivery,) = await post.publish()
    assert await post.deliver(delivery)


async def test_nobody_listens(post: Post) -> None:
    await post.endpoint("http://127.0.0.1:1024/")
    (delivery,) = await post.publish()
    assert not await post.deliver(delivery)
    row = await post.row(delivery)
    assert (row["last_error"], row["last_reason"]) == (
        "The connection failed or was cut short.",
        "connection",
    )


async def test_a_name_that_nobody_knows(post: Post) -> None:
    def unknown(host: str, timeout_s: float) -> list[IPAddress]:
        raise SourceFailed("The host's name is unknown.")

    post.resolver = unknown
    await post.endpoint("http://hook.example/")
    (delivery,) = await post.publish()
    assert not await post.deliver(delivery)
    row = await post.row(delivery)
    assert (row["last_error"], row["last_reason"]) == ("The host's name is unknown.", "unknown_host")


@pytest.mark.parametrize(
    ("asked", "least", "most"), [("120", 120, 120), ("1", 5, 6), ("999999999", 86400, 86400)]
)
async def test_retry_after_is_heeded_within_a_day(
    post: Post, receiver: Receiver, asked: str, least: int, most: int
) -> None:
    receiver.will(answer(429, Retry_After=asked))
    await post.endpoint(receiver.url())
    (delivery,) = await post.publish()
    await post.deliver(delivery)
    wait_s = ((await post.row(delivery))["next_at"] - post.now).total_seconds()
    assert least <= wait_s <= most


async def test_three_days_of_failure_disable_an_endpoint_and_tell_its_owner_once(
    post: Post, receiver: Receiver, owner_url: str
) -> None:
    receiver.will(answer(503))
    endpoint = await post.endpoint(receiver.url())
    (delivery,) = await post.publish()
    begin = post.now
    for attempt in range(1, len(WAITS_S) + 2):
        assert (await post.find(endpoint.id)).disabled_at is None
        assert not await post.deliver(delivery)
        row = await post.row(delivery)
        assert row["attempts"] == attempt
        post.now = row["next_at"] or post.now
    assert row["status"] == "failed"
    assert timedelta(days=3) < post.now - begin < timedelta(days=3.6)
    assert len(receiver.received) == len(WAITS_S) + 1
    disabled = await post.find(endpoint.id)
    assert (disabled.disabled_at, disabled.disabled_reason) == (post.now, "failing")
    assert mails(owner_url) == ["webhook_disabled"]
    (missed,) = await post.publish()
    row = await post.row(missed)
    assert (row["status"], row["attempts"], row["last_error"]) == ("failed", 0, "The endpoint was disabled.")
    enabled = await change_endpoint(
        post.db, post.user_id, endpoint.id, EndpointChange(enabled=True), settings=post.settings, now=post.now
    )
    assert (enabled.disabled_at, enabled.disabled_reason, enabled.failing_since) == (None, None, None)
    receiver.will(answer(200))
    await redeliver(post.db, post.user_id, missed, now=post.now)
    assert await post.deliver(missed)


async def test_gone_disables_at_once_and_ends_what_waits(
    post: Post, receiver: Receiver, owner_url: str
) -> None:
    receiver.will(answer(410))
    endpoint = await post.endpoint(receiver.url())
    first, second = await post.publish(), await post.publish()
    await post.deliver(first[0])
    assert (await post.find(endpoint.id)).disabled_reason == "gone"
    assert [row["status"] for row in await post.rows()] == ["failed", "failed"]
    ended = await post.row(second[0])
    assert (ended["last_error"], ended["last_reason"]) == ("The endpoint was disabled.", "disabled")
    await post.deliver(second[0])
    assert len(receiver.received) == 1
    assert mails(owner_url) == ["webhook_disabled"]


async def test_twins_of_a_task_send_once(post: Post, receiver: Receiver) -> None:
    await post.endpoint(receiver.url())
    (delivery,) = await post.publish()
    arrived = await asyncio.gather(*(post.deliver(delivery) for _ in range(8)))
    assert sorted(arrived) == [False] * 7 + [True]
    assert len(receiver.received) == 1


async def test_what_a_worker_died_with_is_found(post: Post, receiver: Receiver, owner_url: str) -> None:
    await post.endpoint(receiver.url())
    (delivery,) = await post.publish()
    receiver.will(silence, answer(200))
    dying = asyncio.create_task(post.deliver(delivery))
    while not receiver.received:
        await asyncio.sleep(0.01)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    query(owner_url, "DELETE FROM procrastinate_jobs")
    assert not await post.deliver(delivery)  # somebody may still have it
    assert await requeue_lost(post.db, now=post.now) == 0
    post.later(minutes=2)
    assert await requeue_lost(post.db, now=post.now) == 1
    assert await requeue_lost(post.db, now=post.now) == 0  # it has a task again
    assert await post.deliver(delivery)
    assert (await post.row(delivery))["attempts"] == 2


async def test_redelivery_sends_the_same_event_again(post: Post, receiver: Receiver) -> None:
    endpoint = await post.endpoint(receiver.url())
    (delivery,) = await post.publish()
    await post.deliver(delivery)
    again = await redeliver(post.db, post.user_id, delivery, now=post.now)
    assert (again.status, again.attempts) == ("pending", 0)
    assert await post.deliver(delivery)
    assert len({got.headers["webhook-id"] for got in receiver.received}) == 1
    assert len(receiver.received) == 2
    assert len(await post.rows()) == 1
    with pytest.raises(DeliveryNotFound):
        await redeliver(post.db, new_id(), delivery, now=post.now)
    off = EndpointChange(enabled=False)
    await change_endpoint(post.db, post.user_id, endpoint.id, off, settings=post.settings, now=post.now)
    with pytest.raises(EndpointDisabled):
        await redeliver(post.db, post.user_id, delivery, now=post.now)
    with pytest.raises(EndpointDisabled):
        await send_test(post.db, post.user_id, endpoint.id)


async def test_a_test_event_is_tried_once_and_harms_nothing(post: Post, receiver: Receiver) -> None:
    receiver.will(answer(500), answer(200))
    endpoint = await post.endpoint(receiver.url())
    failed = await send_test(post.db, post.user_id, endpoint.id)
    assert not await post.deliver(failed.id)
    assert (await post.row(failed.id))["status"] == "failed"
    assert (await post.find(endpoint.id)).failing_since is None
    fine = await send_test(post.db, post.user_id, endpoint.id)
    assert await post.deliver(fine.id)
    assert json.loads(receiver.received[1].body)["type"] == "webhook.test"
    listed = await list_deliveries(post.db, post.user_id, endpoint.id, Page(1, 20))
    assert ([each.id for each in listed.items], listed.total) == ([fine.id, failed.id], 2)
    listed = await list_deliveries(post.db, post.user_id, endpoint.id, Page(1, 20), status="failed")
    assert [each.id for each in listed.items] == [failed.id]


async def test_after_a_new_secret_the_old_one_verifies_for_a_day(post: Post, receiver: Receiver) -> None:
    endpoint = await post.endpoint(receiver.url())
    old = Webhook(secret_of(post.secrets, endpoint))
    rotated = await rotate_secret(post.db, post.user_id, endpoint.id, now=post.now - timedelta(hours=23))
    new = Webhook(secret_of(post.secrets, rotated))
    await post.deliver((await post.publish())[0])
    (got,) = receiver.received
    assert new.verify(got.body, got.headers) == old.verify(got.body, got.headers)
    await rotate_secret(post.db, post.user_id, endpoint.id, now=post.now - timedelta(hours=25))
    await post.deliver((await post.publish())[0])
    got = receiver.received[1]
    for outdated in (old, new):
        with pytest.raises(WebhookVerificationError):
            outdated.verify(got.body, got.headers)


async def test_the_servers_own_rotation_breaks_no_receiver(post: Post, receiver: Receiver) -> None:
    endpoint = await post.endpoint(receiver.url())
    before = Webhook(secret_of(post.secrets, endpoint))
    post.secrets = Secrets((MasterKey("next", b"n" * 32), *post.secrets.keys))
    await post.deliver((await post.publish())[0])
    (got,) = receiver.received
    assert before.verify(got.body, got.headers)
    assert Webhook(secret_of(post.secrets, endpoint)).verify(got.body, got.headers)


async def test_old_deliveries_are_forgotten_and_waiting_ones_are_not(post: Post, receiver: Receiver) -> None:
    await post.endpoint(receiver.url())
    (done,), (waiting,) = await post.publish(), await post.publish()
    await post.deliver(done)
    assert await forget_old(post.db, post.settings, now=post.now + timedelta(days=29)) == 0
    assert await forget_old(post.db, post.settings, now=post.now + timedelta(days=31)) == 1
    assert [row["id"] for row in await post.rows()] == [waiting]
