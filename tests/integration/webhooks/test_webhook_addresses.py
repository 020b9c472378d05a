"""Webhooks never reach into our own network, whatever a name says and when."""

import asyncio
import ssl

import pytest
import trustme

from lumiku.intake.errors import SourceRefused
from lumiku.webhooks.endpoints import EndpointChange, Wanted, change_endpoint, create_endpoint
from lumiku.webhooks.errors import BadEndpoint, TooManyEndpoints
from lumiku.webhooks.settings import WebhooksSettings
from support.receiver import Receiver, running_receiver
from support.webhooks import FakeResolver, Post

PRIVATE = "The address leads to a private, local or reserved network."


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "ftp://example.com/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://0x7f.1/",
        "https://user:password@example.com/",
        "https://example.com:22/",
        "https://exa mple.com/",
        "nonsense",
    ],
)
async def test_addresses_that_no_endpoint_can_have(post: Post, url: str) -> None:
    settings = WebhooksSettings()
    with pytest.raises(SourceRefused):
        await create_endpoint(post.db, post.user_id, Wanted(url, ("batch.completed",)), settings=settings)
    wanted = Wanted("https://example.com/hook", ("batch.completed",))
    made = await create_endpoint(post.db, post.user_id, wanted, settings=settings)
    change = EndpointChange(url=url)
    with pytest.raises(SourceRefused):
        await change_endpoint(post.db, post.user_id, made.id, change, settings=settings, now=post.now)


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted("https://example.com/", ()),
        Wanted("https://example.com/", ("batch.exploded",)),
        Wanted("https://example.com/" + "x" * 2048, ("batch.completed",)),
        Wanted("https://example.com/", ("batch.completed",), "two\nlines"),
    ],
)
async def test_what_else_is_refused(post: Post, wanted: Wanted) -> None:
    with pytest.raises(BadEndpoint):
        await create_endpoint(post.db, post.user_id, wanted, settings=post.settings)


async def test_twins_do_not_make_more_than_the_limit(post: Post) -> None:
    post.settings = post.settings.model_copy(update={"max_endpoints": 3})
    tries = (post.endpoint("https://example.com/") for _ in range(8))
    made = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(each, TooManyEndpoints) for each in made) == 5


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        ["100.64.0.1"],
        ["64:ff9b::7f00:1"],
        ["93.184.216.34", "10.0.0.1"],
    ],
)
async def test_a_name_that_leads_inside_is_not_connected_to(
    post: Post, receiver: Receiver, addresses: list[str]
) -> None:
    strict = post.strict(addresses)
    await strict.endpoint(receiver.url(host="inside.example"))
    (delivery,) = await strict.publish()
    assert not await strict.deliver(delivery)
    assert receiver.received == []
    row = await strict.row(delivery)
    assert (row["status"], row["last_error"], row["last_reason"]) == ("pending", PRIVATE, "bad_address")


async def test_a_name_is_looked_up_once_and_connected_to_as_it_was_checked(
    post: Post, receiver: Receiver
) -> None:
    post.resolver = FakeResolver(["127.0.0.1"], ["203.0.113.1"])
    await post.endpoint(receiver.url(host="hook.example"))
    (delivery,) = await post.publish()
    assert await post.deliver(delivery)
    assert post.resolver.questions == ["hook.example"]
    assert receiver.received[0].headers["host"] == f"hook.example:{receiver.port}"


async def test_a_name_that_changes_between_tries_is_checked_again(post: Post, receiver: Receiver) -> None:
    strict = post.strict(["192.0.2.1"], ["127.0.0.1"])  # the first cannot be had: documentation only
    strict.settings = strict.settings.model_copy(update={"timeout_s": 1.0})
    await strict.endpoint(receiver.url(host="rebind.example"))
    (delivery,) = await strict.publish()
    for _ in range(2):
        assert not await strict.deliver(delivery)
        strict.later(minutes=10)
    assert (await strict.row(delivery))["last_error"] == PRIVATE
    assert receiver.received == []


async def test_tls_verifies_the_name_and_not_the_address(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("hook.example").configure_cert(tls)
    ours = ssl.create_default_context()
    authority.configure_trust(ours)
    post.resolver = FakeResolver(["127.0.0.1"])
    async with running_receiver(tls) as receiver:
        await post.endpoint(receiver.url(host="hook.example", scheme="https"))
        (delivery,) = await post.publish()
        assert not await post.deliver(delivery)  # nobody we trust has signed it
        monkeypatch.setattr("lumiku.webhooks.post._tls", lambda: ours)
        post.later(minutes=1)
        assert await post.deliver(delivery)
        await post.endpoint(receiver.url(host="other.example", scheme="https"))
        ids = await post.publish()
        assert sorted([await post.deliver(each) for each in ids]) == [False, True]
    assert len(receiver.received) == 2


async def test_a_slow_name_server_is_given_up(post: Post) -> None:
    def slow(host: str, timeout_s: float) -> list[object]:
        import time

        time.sleep(timeout_s)
        return []

    post.resolver = slow
    post.settings = post.settings.model_copy(update={"timeout_s": 0.5})
    await post.endpoint("https://slow.example/")
    (delivery,) = await post.publish()
    assert not await post.deliver(delivery)
    assert (await post.row(delivery))["attempts"] == 1
