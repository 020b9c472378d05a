"""Accounts over HTTP: a person's way from registering to deleting, keys, cookies."""

from support.api import Server
from support.people import PASSWORD

ADA = {"email": "ada@example.com", "password": PASSWORD}


async def test_from_registering_to_deleting(server: Server) -> None:
    async with server.client() as client:
        made = await client.post("/api/auth/register", json={**ADA, "name": "Ada"})
        assert made.status_code == 201
        assert made.json() == {
            "user": {"email": "ada@example.com", "name": "Ada"},
            "confirmationRequired": False,
        }
        again = await client.post("/api/auth/register", json={**ADA, "name": "Ada"})
        assert (again.status_code, again.json()) == (201, made.json())
        begun = await client.post("/api/auth/login", json=ADA)
        assert begun.status_code == 200
        assert begun.json()["user"]["role"] == "user"
        assert begun.json()["csrfToken"] is None
        assert "set-cookie" not in begun.headers
    async with server.client(begun.json()["token"]) as client:
        assert (await client.get("/api/credits/balance")).json() == {
            "balance": 100,
            "held": 0,
            "available": 100,
        }
        history = (await client.get("/api/credits/history")).json()
        assert [line["kind"] for line in history["entries"]] == ["bonus"]
        assert history["pagination"] == {"page": 1, "limit": 20, "total": 1, "pages": 1}
        statement = (await client.get("/api/credits/statement")).json()["statement"]
        assert (statement["opening"], statement["closing"], statement["totals"]) == (0, 100, {"bonus": 100})
        changed = await client.put("/api/auth/profile", json={"language": "id", "mailOptOut": True})
        assert (changed.json()["user"]["language"], changed.json()["user"]["mailOptOut"]) == ("id", True)
        assert (await client.get("/api/auth/profile")).json() == changed.json()
        assert len((await client.get("/api/auth/sessions")).json()["sessions"]) == 1
        another = await client.post("/api/auth/login", json=ADA)
        both = (await client.get("/api/auth/sessions")).json()["sessions"]
        assert [one["current"] for one in both] == [False, True]  # the newest first
        other = f"/api/auth/sessions/{both[0]['id']}"
        assert (await client.delete(other)).status_code == 200
        assert (await client.delete(other)).status_code == 404
        async with server.client(another.json()["token"]) as ended:
            assert (await ended.get("/api/auth/profile")).status_code == 401
        export = (await client.get("/api/auth/export")).json()["export"]
        assert export["credits"]["balance"] == 100
        wrong = await client.request("DELETE", "/api/auth/account", json={"password": "not the password"})
        assert wrong.status_code == 400
        gone = await client.request("DELETE", "/api/auth/account", json={"password": PASSWORD})
        assert gone.status_code == 200
        assert (await client.get("/api/auth/profile")).status_code == 401


async def test_logout_and_password_change_end_sessions(server: Server) -> None:
    ada = await server.person("ada")
    other = await server.people.login("ada@example.com", now=server.services.clock())
    async with ada.client as client:
        new = {"currentPassword": PASSWORD, "newPassword": "another long password"}
        assert (await client.post("/api/auth/password", json=new)).status_code == 200
        assert (await client.get("/api/auth/profile")).status_code == 200
        async with server.client(other.token) as second:
            refused = await second.get("/api/auth/profile")
            assert (refused.status_code, refused.json()["error"]["code"]) == (401, "INVALID_TOKEN")
        assert (await client.post("/api/auth/logout")).status_code == 200
        assert (await client.get("/api/auth/profile")).json()["error"]["code"] == "INVALID_TOKEN"


async def test_keys_are_shown_once_limited_by_scope_and_revocable(server: Server) -> None:
    ada, bob = await server.person("ada"), await server.person("bob")
    async with ada.client as client:
        made = await client.post("/api/keys", json={"name": "shop", "scopes": ["credits:read"]})
        assert made.status_code == 201
        key = made.json()["key"]
        listed = (await client.get("/api/keys")).json()["keys"]
        assert [one["id"] for one in listed] == [key["id"]]
        assert key["key"] not in str(listed)
    async with server.client(key["key"]) as program:
        assert (await program.get("/api/credits/balance")).status_code == 200
        refused = await program.get("/api/auth/profile")
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN")
        assert refused.json()["error"]["details"] == {"requiredScope": "account:read"}
        assert (await program.post("/api/keys", json={"name": "x", "scopes": ["admin"]})).status_code == 403
    async with bob.client as client:
        assert (await client.delete(f"/api/keys/{key['id']}")).status_code == 404
    async with ada.client as client:
        assert (await client.delete(f"/api/keys/{key['id']}")).status_code == 200
    async with server.client(key["key"]) as program:
        assert (await program.get("/api/credits/balance")).status_code == 401


async def test_a_browser_needs_its_csrf_token_to_change_something(server: Server) -> None:
    await server.person("ada")
    async with server.client() as browser:
        begun = await browser.post("/api/auth/login", json={**ADA, "session": "cookie"})
        assert begun.json()["token"] is None
        cookies = begun.headers.get_list("set-cookie")
        session = next(cookie for cookie in cookies if cookie.startswith("lumiku_session="))
        assert "HttpOnly" in session
        assert "SameSite=lax" in session
        assert (await browser.get("/api/auth/profile")).status_code == 200
        for headers in ({}, {"X-CSRF-Token": "guessed"}):
            refused = await browser.put("/api/auth/profile", json={"name": "Eve"}, headers=headers)
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN")
        token = {"X-CSRF-Token": begun.json()["csrfToken"]}
        assert (
            await browser.put("/api/auth/profile", json={"name": "Ada"}, headers=token)
        ).status_code == 200
        ended = await browser.post("/api/auth/logout", headers=token)
        assert ended.status_code == 200
        assert "lumiku_session" not in browser.cookies


async def test_a_page_of_one_person_does_nothing_in_the_name_of_another(server: Server) -> None:
    ada, bob = await server.person("ada"), await server.person("bob")
    async with bob.client as page:
        for account, status in ((bob, 200), (ada, 401)):
            headers = {"X-Lumiku-Account": str(account.user.id)}
            assert (await page.get("/api/auth/profile", headers=headers)).status_code == status
            changed = await page.put("/api/auth/profile", json={"name": account.user.email}, headers=headers)
            assert changed.status_code == status
        assert changed.json()["error"]["details"]["reason"] == "ANOTHER_ACCOUNT"
        assert (await page.get("/api/auth/profile")).json()["user"]["name"] == bob.user.email


async def test_cookies_are_for_https_alone_behind_a_trusted_proxy(server: Server) -> None:
    await server.person("ada")
    for trusted, secure in (((), False), (("192.0.2.0/24",), True)):
        server.app.proxies = type(server.app.proxies)(trusted)
        server.app.middleware_stack = None
        async with server.client(**{"X-Forwarded-Proto": "https"}) as browser:
            begun = await browser.post("/api/auth/login", json={**ADA, "session": "cookie"})
            assert all(("Secure" in cookie) is secure for cookie in begun.headers.get_list("set-cookie"))
            assert ("strict-transport-security" in begun.headers) is secure
