"""Identifiers: UUIDs of version 7 (RFC 9562), which sort by time and so keep indexes compact."""

import secrets
import time
from uuid import UUID


def new_id() -> UUID:
    """48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    return UUID(int=value | 0b10 << 62 | secrets.randbits(62))
