"""Endpoints that are slow or fail hold up nobody else: how much is sent to whom at once."""

import asyncio

from support.database import query
from support.receiver import Receiver, silence
from support.webhooks import Post


async def test_one_endpoint_does_not_take_all_hands(post: Post, receiver: Receiver) -> None:
    receiver.will(silence)
    await post.endpoint(receiver.url())
    post.settings = post.settings.model_copy(update={"timeout_s": 3.0})
    ids = [(await post.publish(number=number))[0] for number in range(10)]
    await asyncio.gather(*(post.deliver(each) for each in ids))
    rows = await post.rows()
    assert len(receiver.received) == 8
    assert sorted(row["attempts"] for row in rows) == [0, 0] + [1] * 8
    assert all(row["status"] == "pending" and row["next_at"] > post.now for row in rows)
    receiver.received.clear()
    post.later(hours=1)  # now that it fails, it gets one hand
    await asyncio.gather(*(post.deliver(each) for each in ids))
    assert len(receiver.received) == 1


async def test_one_account_does_not_take_all_hands_by_endpoints_that_are_slow(
    post: Post, receiver: Receiver
) -> None:
    receiver.will(silence)
    for number in range(4):
        await post.endpoint(receiver.url(f"/{number}"))
    post.settings = post.settings.model_copy(update={"timeout_s": 3.0})
    ids = [each for number in range(4) for each in await post.publish(number=number)]
    await asyncio.gather(*(post.deliver(each) for each in ids))
    assert len(receiver.received) == 8
    assert sorted(row["attempts"] for row in await post.rows()) == [0] * 8 + [1] * 8


async def test_what_waits_for_a_hand_comes_behind_others_and_less_often(
    post: Post, receiver: Receiver, owner_url: str
) -> None:
    receiver.will(silence)
    await post.endpoint(receiver.url())
    ids = [(await post.publish(number=number))[0] for number in range(9)]
    sending = [asyncio.create_task(post.deliver(each)) for each in ids[:8]]
    while len(receiver.received) < 8:
        await asyncio.sleep(0.01)
    last = f"WHERE id = '{ids[8]}'"
    for age, least_s, most_s in (("0 minutes", 5, 30), ("4 minutes", 120, 241), ("1 day", 600, 600)):
        query(
            owner_url,
            f"UPDATE webhook_deliveries SET created_at = created_at - interval '{age}',"
            f" next_at = created_at {last} RETURNING id",
        )
        assert not await post.deliver(ids[8])
        row = await post.row(ids[8])
        assert least_s <= (row["next_at"] - post.now).total_seconds() <= most_s
        task = f"SELECT priority FROM procrastinate_jobs WHERE id = {row['queue_job_id']}"
        assert query(owner_url, task) == [(-1,)]
    for each in sending:
        each.cancel()
    await asyncio.gather(*sending, return_exceptions=True)
