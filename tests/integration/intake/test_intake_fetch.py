"""`fetch` against real servers on loopback, honest and not."""

import gzip
import socket
import ssl
import time
from pathlib import Path

import pytest
import trustme

from lumiku.core.errors import LumikuError
from lumiku.intake.errors import DownloadTooLarge, SourceFailed, SourceRefused
from lumiku.intake.fetch import fetch
from lumiku.intake.settings import IntakeSettings
from support.raw_server import RawServer
from support.resolver import FakeResolver

OPEN = IntakeSettings(allow_private_addresses=True, max_bytes=100_000, timeout_s=5, max_redirects=3)
STRICT = OPEN.model_copy(update={"allow_private_addresses": False})


def test_gives_the_body(server: RawServer) -> None:
    assert fetch(server.will("/a.png", "200 OK", b"picture"), OPEN) == b"picture"
    head = server.heads[0].lower()
    assert f"host: 127.0.0.1:{server.port}\r\n" in head
    assert "accept-encoding: identity\r\n" in head
    assert "cookie" not in head


def test_refuses_loopback_unless_switched_on(server: RawServer) -> None:
    url = server.will("/a.png", "200 OK", b"picture")
    with pytest.raises(SourceRefused):
        fetch(url, STRICT)
    assert server.heads == []
    assert fetch(url, OPEN) == b"picture"


@pytest.mark.parametrize(
    "host", ["localhost", "localhost.", "127.0.0.1.", "[::1]", "[::ffff:127.0.0.1]", "127.9.9.9"]
)
def test_refuses_other_names_of_loopback(server: RawServer, host: str) -> None:
    server.will("/", "200 OK", b"picture")
    with pytest.raises(SourceRefused):
        fetch(server.url("/", host), STRICT)
    assert server.heads == []


def test_refuses_a_name_with_one_private_address_among_public_ones(server: RawServer) -> None:
    resolver = FakeResolver(["8.8.8.8", "127.0.0.1"])
    with pytest.raises(SourceRefused):
        fetch(server.url("/", "pictures.example"), STRICT, resolver=resolver)


def test_connects_to_the_very_address_that_was_checked(server: RawServer) -> None:
    """A name that changes its mind between check and use (rebinding) is asked only once."""
    url = server.will("/a.png", "200 OK", b"picture")
    resolver = FakeResolver(["127.0.0.1"], ["192.0.2.1"])
    assert fetch(url.replace("127.0.0.1", "pictures.example"), OPEN, resolver=resolver) == b"picture"
    assert resolver.questions == ["pictures.example"]
    assert f"host: pictures.example:{server.port}\r\n" in server.heads[0].lower()


def test_rebinding_to_loopback_does_not_reach_it(server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.will("/", "200 OK", b"secret")
    resolver = FakeResolver(["203.0.114.1"], ["127.0.0.1"])
    asked: list[object] = []

    def refuse(address: tuple[str, int], *args: object, **kwargs: object) -> socket.socket:
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(SourceFailed):
        fetch(server.url("/", "pictures.example"), STRICT, resolver=resolver)
    monkeypatch.undo()
    assert asked == [("203.0.114.1", server.port)]
    assert server.heads == []


def test_a_redirect_is_looked_up_and_checked_again(
    server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = server.will("/inner", "200 OK", b"secret")
    server.will("/a", "302 Found", Location=inner)
    resolver = FakeResolver(["203.0.114.1"], ["127.0.0.1"])
    connect = socket.create_connection
    monkeypatch.setattr(
        socket, "create_connection", lambda address, *a, **k: connect(("127.0.0.1", address[1]), *a, **k)
    )
    with pytest.raises(SourceRefused):
        fetch(server.url("/a", "pictures.example"), STRICT, resolver=resolver)
    assert [head.split()[1] for head in server.heads] == ["/a"]


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://example.com/", "http://a:b@example.com/", "http://2130706433/", "//[::1"],
)
def test_refuses_redirects_to_what_it_would_not_fetch(server: RawServer, location: str) -> None:
    with pytest.raises(SourceRefused):
        fetch(server.will("/a", "302 Found", Location=location), OPEN)


@pytest.mark.parametrize("status", ["301 M", "302 F", "303 S", "307 T", "308 P"])
def test_follows_redirects_without_cookies(server: RawServer, status: str) -> None:
    server.will("/b", "200 OK", b"picture")
    url = server.will("/a", status, Location="/b", Set_Cookie="a=b")
    assert fetch(url, OPEN) == b"picture"
    assert "cookie" not in server.heads[1].lower()


def test_ends_circles_and_long_chains(server: RawServer) -> None:
    server.will("/a", "302 Found", Location="/b")
    server.will("/b", "302 Found", Location="/a")
    with pytest.raises(SourceFailed, match="circle"):
        fetch(server.url("/a"), OPEN)
    for step in range(6):
        server.will(f"/{step}", "302 Found", Location=f"/{step + 1}")
    with pytest.raises(SourceFailed, match="more than 3"):
        fetch(server.url("/0"), OPEN)


def test_follows_as_many_redirects_as_allowed(server: RawServer) -> None:
    for step in range(3):
        server.will(f"/{step}", "302 Found", Location=f"/{step + 1}")
    server.will("/3", "200 OK", b"picture")
    assert fetch(server.url("/0"), OPEN) == b"picture"


@pytest.mark.parametrize(
    "status", ["204 No", "206 Part", "304 Not", "401 Who", "404 No", "500 Oh", "503 Busy"]
)
def test_takes_no_other_status_for_a_picture(server: RawServer, status: str) -> None:
    with pytest.raises(SourceFailed) as caught:
        fetch(server.will("/a", status), OPEN)
    assert caught.value.details["status"] == int(status[:3])


def test_refuses_too_many_bytes_announced_or_not(server: RawServer) -> None:
    assert len(fetch(server.will("/fits", "200 OK", bytes(100_000)), OPEN)) == 100_000
    sent: list[int] = []

    def pour(peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not server.closing.is_set():
            sent.append(peer.send(bytes(50_000)))

    with pytest.raises(DownloadTooLarge):
        fetch(server.will("/announced", "200 OK", bytes(100_001)), OPEN)
    with pytest.raises(DownloadTooLarge):
        fetch(server.will_play("/endless", pour), OPEN)


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip", "zstd"])
def test_refuses_compressed_answers(server: RawServer, encoding: str) -> None:
    bomb = gzip.compress(bytes(10_000_000))
    with pytest.raises(SourceFailed, match="compressed"):
        fetch(server.will("/a", "200 OK", bomb, Content_Encoding=encoding), OPEN)


def _drip(server: RawServer, first: bytes, drop: bytes):
    def play(peer: socket.socket) -> None:
        peer.sendall(first)
        while not server.closing.wait(0.05):
            peer.sendall(drop)

    return play


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"", b"HTTP/1.1 103 Early\r\n\r\n"),
        (b"", b""),
    ],
    ids=["headers", "body", "chunks", "early", "silence"],
)
def test_an_answer_by_drops_ends_with_the_time_allowed(server: RawServer, first: bytes, drop: bytes) -> None:
    settings = OPEN.model_copy(update={"timeout_s": 0.5})
    url = server.will_play("/a", _drip(server, first, drop))
    started = time.monotonic()
    with pytest.raises(SourceFailed, match="longer than allowed"):
        fetch(url, settings)
    assert time.monotonic() - started < 5


def test_silence_ends_sooner_and_an_answer_that_has_begun_does_not(server: RawServer) -> None:
    settings = OPEN.model_copy(update={"timeout_s": 30, "answer_timeout_s": 0.2})

    def begin(peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\npic")
        server.closing.wait(0.5)
        peer.sendall(b"ture")

    assert fetch(server.will_play("/begun", begin), settings) == b"picture"
    with pytest.raises(SourceFailed, match="longer than allowed"):
        fetch(server.will_play("/silent", lambda _: server.closing.wait(9) and None), settings)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\xff garbage",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: " + b"b" * 300_000,
        b"HTTP/1.1 999\r\n\r\n",
    ],
    ids=["nothing", "garbage", "short", "cut-chunk", "negative", "huge-header", "status"],
)
def test_what_is_no_whole_answer_fails_in_one_line(server: RawServer, answer: bytes) -> None:
    with pytest.raises(LumikuError) as caught:
        fetch(server.will_play("/a", lambda peer: peer.sendall(answer)), OPEN)
    assert isinstance(caught.value, SourceFailed)
    assert "\n" not in caught.value.message


def test_nobody_listening_and_unknown_names_fail() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SourceFailed):
        fetch(f"http://127.0.0.1:{port}/", OPEN)
    with pytest.raises(SourceFailed, match="name"):
        fetch("http://no-such-host.invalid/", OPEN)


def test_does_not_use_a_proxy_from_the_environment(
    server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetch(server.will("/a", "200 OK", b"picture"), OPEN) == b"picture"


def test_tls_verifies_the_name_though_the_address_is_pinned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("pictures.example").configure_cert(context)
    secure = RawServer(context)
    try:
        secure.will("/a", "200 OK", b"picture")
        resolver = FakeResolver(["127.0.0.1"])
        assert fetch(secure.url("/a", "pictures.example", "https"), OPEN, resolver=resolver) == b"picture"
        assert secure.names == ["pictures.example"]
        with pytest.raises(SourceFailed):
            fetch(secure.url("/a", "other.example", "https"), OPEN, resolver=resolver)
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(SourceFailed):
            fetch(secure.url("/a", "pictures.example", "https"), OPEN, resolver=resolver)
    finally:
        secure.close()
