"""People who ask for removals in every way, again after failures, and remember what they were promised."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from support.chaos_engine import DEADLY, EMPTY, PLAIN, SLOW
from support.fake_engine import red_square
from support.pictures import encode_rgb
from support.removal_api import API

BATCH = f"{API}/batch"
_AGAIN = {429, 503, 507}  # an outage, and nothing was done


def _pictures() -> dict[int, bytes]:
    made = {width: encode_rgb(red_square(60, width), "PNG") for width in (PLAIN, SLOW, DEADLY)}
    grey = red_square(60, EMPTY)
    grey[:] = 128
    return {**made, EMPTY: encode_rgb(grey, "PNG")}


PICTURES = _pictures()


@dataclass
class Promised:
    """What was accepted: the id by the name that its sender gave it, which is also the idempotency key."""

    jobs: dict[str, str] = field(default_factory=dict)
    batches: dict[str, str] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)  # asked for; whether it was done is unknown
    wrong: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)  # that succeeded: cancel, retry, replay

    def keep(self, kind: str, name: str, thing: str) -> None:
        kept = self.jobs if kind == "job" else self.batches
        if kept.setdefault(name, thing) != thing:
            self.wrong.append(f"{name} was answered with {kept[name]}, and then with {thing}")


def together(promises: Sequence[Promised]) -> Promised:
    """What several were promised."""
    whole = Promised()
    for each in promises:
        whole.jobs |= each.jobs
        whole.batches |= each.batches
        whole.deleted |= each.deleted
        whole.wrong += each.wrong
        whole.answers += each.answers
        whole.acts += each.acts
    return whole


@dataclass
class Customer:
    """One account; everything that it does goes on until it has an answer, or `over`."""

    http: httpx.AsyncClient
    promised: Promised
    chosen: random.Random
    over: asyncio.Event

    async def ask_on(self) -> None:
        while not self.over.is_set():
            actions = [self.single, self.single, self.form, self.steps, self.cancel, self.again, self.look]
            await self.chosen.choice([*actions, self.delete])()
            await asyncio.sleep(self.chosen.uniform(0, 2))

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        """The first answer that is no outage; None: there was none before the end."""
        while not self.over.is_set():
            try:
                answer = await self.http.request(method, path, **more)
            except httpx.TransportError as error:
                self.promised.answers[type(error).__name__] += 1
            else:
                self.promised.answers[str(answer.status_code)] += 1
                still_runs = answer.status_code == 409 and "still running" in answer.text
                if answer.status_code not in _AGAIN and not still_runs:
                    self._judge(method, path, answer)
                    return answer
            await asyncio.sleep(0.2)
        return None

    async def single(self) -> None:
        name = f"single-{uuid4().hex}"
        for _ in range(1 if self.chosen.random() < 0.8 else 2):
            picture = self._picture()
            more = {"files": {"image": (f"{name}.png", picture, "image/png")}, "data": {"wait": "0"}}
            answer = await self.ask("POST", f"{API}/remove", headers={"Idempotency-Key": name}, **more)
            if answer is not None and answer.is_success:
                self.promised.keep("job", name, answer.json()["job"]["id"])
                self.promised.acts["replay"] += "Idempotency-Replayed" in answer.headers
            elif answer is not None and answer.status_code != 409:  # the replay with another picture
                self.promised.wrong.append(f"a picture was refused: {answer.text}")

    async def form(self) -> None:
        name = f"form-{uuid4().hex}"
        files = [("images", (f"{number}.png", self._picture(), "image/png")) for number in range(5)]
        for _ in range(1 if self.chosen.random() < 0.8 else 2):
            more = {"files": files, "data": {"name": name}, "headers": {"Idempotency-Key": name}}
            answer = await self.ask("POST", BATCH, **more)
            if answer is not None and answer.is_success:
                self.promised.keep("batch", name, answer.json()["batch"]["id"])

    async def steps(self) -> None:
        name = f"steps-{uuid4().hex}"
        wanted = {"name": name, "files": [{"name": f"{number}.png"} for number in range(3)]}
        key = {"Idempotency-Key": name}
        made = await self.ask("POST", f"{BATCH}/uploads", json=wanted, headers=key)
        if made is None or not made.is_success:
            return  # too many that were begun and never started
        where = made.headers["location"]
        for number in range(3):
            put = await self.ask("PUT", f"{where}/items/{number}", content=self._picture())
            if put is None or not put.is_success:
                return
        started = await self.ask("POST", f"{where}/start", headers=key)
        if started is not None and started.is_success:
            self.promised.keep("batch", name, started.json()["batch"]["id"])

    async def cancel(self) -> None:
        kind, thing = self._thing()
        if thing is not None and kind == "job":
            self._count("cancel", await self.ask("POST", f"{API}/jobs/{thing}/cancel"))
        elif thing is not None:
            self._count("cancel", await self.ask("DELETE", f"{BATCH}/{thing}"))

    async def again(self) -> None:
        kind, thing = self._thing()
        if thing is not None:
            path = f"{API}/jobs/{thing}/retry" if kind == "job" else f"{BATCH}/{thing}/retry?cancelled=true"
            self._count("retry", await self.ask("POST", path, headers={"Idempotency-Key": uuid4().hex}))

    async def look(self) -> None:
        kind, thing = self._thing()
        if thing is None:
            return
        path = f"{API}/jobs/{thing}" if kind == "job" else f"{BATCH}/{thing}"
        answer = await self.ask("GET", path)
        if answer is not None and answer.status_code == 404 and thing not in self.promised.deleted:
            self.promised.wrong.append(f"the {kind} {thing} was accepted, and is not there")
        if kind == "batch":
            await self.ask("GET", f"{path}/download")

    async def delete(self) -> None:
        kind, thing = self._thing()
        if thing is None or self.chosen.random() < 0.5:
            return
        self.promised.deleted.add(thing)
        await self.ask("DELETE", f"{API}/jobs/{thing}" if kind == "job" else f"{BATCH}/{thing}?files=true")

    def _thing(self) -> tuple[str, str | None]:
        """Something of ours, rather a late one."""
        kind = self.chosen.choice(["job", "batch"])
        kept = list((self.promised.jobs if kind == "job" else self.promised.batches).values())[-12:]
        return kind, self.chosen.choice(kept) if kept else None

    def _count(self, act: str, answer: httpx.Response | None) -> None:
        self.promised.acts[act] += answer is not None and answer.is_success

    def _picture(self) -> bytes:
        return PICTURES[self.chosen.choices([PLAIN, SLOW, DEADLY, EMPTY], [10, 5, 0.3, 1])[0]]

    def _judge(self, method: str, path: str, answer: httpx.Response) -> None:
        if answer.status_code >= 500:
            self.promised.wrong.append(f"{method} {path} gave {answer.status_code}: {answer.text[:200]}")
