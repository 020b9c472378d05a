"""A small SMTP server on loopback that keeps what it is given, and misbehaves on demand."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class SmtpServer:
    """`answers` replaces the answer to a command, `hang_up_on` closes the connection after one."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    hang_up_on: str | None = None
    tls: ssl.SSLContext | None = None
    commands: list[str] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(data, policy=policy.default) for data in self.raw]  # type: ignore[misc]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        encrypted = False
        writer.write(b"220 test\r\n")
        while line := (await reader.readline()).decode("latin-1"):
            verb = line.split(":")[0].split()[0].upper()
            self.commands.append(line.strip())
            if verb == self.hang_up_on:
                return
            if verb in self.answers:
                writer.write(self.answers[verb].encode() + b"\r\n")
                continue
            if verb == "EHLO":
                starttls = b"250-STARTTLS\r\n" if self.tls and not encrypted else b""
                writer.write(b"250-test\r\n" + starttls + b"250 AUTH PLAIN\r\n")
            elif verb == "STARTTLS":
                writer.write(b"220 go\r\n")
                await writer.drain()
                await writer.start_tls(self.tls)
                encrypted = True
            elif verb == "DATA":
                writer.write(b"354 go\r\n")
                data = await reader.readuntil(b"\r\n.\r\n")
                if self.hang_up_on == "TEXT":
                    return
                if "TEXT" in self.answers:
                    writer.write(self.answers["TEXT"].encode() + b"\r\n")
                    continue
                self.raw.append(data.removesuffix(b".\r\n"))
                self.encrypted.append(encrypted)
                writer.write(b"250 taken\r\n")
            elif verb == "QUIT":
                writer.write(b"221 bye\r\n")
                return
            else:
                writer.write(b"235 in\r\n" if verb == "AUTH" else b"250 fine\r\n")


@asynccontextmanager
async def running_smtp() -> AsyncIterator[SmtpServer]:
    state = SmtpServer()
    server = await asyncio.start_server(state.serve, "127.0.0.1", 0)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
