"""A letter as the bytes that go over SMTP."""

import hashlib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from lumiku.mail.errors import MailRefused
from lumiku.mail.settings import MailSettings
from lumiku.mail.texts import Letter

_POLICY = SMTP.clone(cte_type="7bit")


def message(settings: MailSettings, to: str, letter: Letter, *, key: str, now: datetime) -> bytes:
    """Plain text, 7 bits; the same key gives the same Message-ID.

    Raises:
        MailRefused: an address or the subject has a line break or is otherwise no header.
    """
    mail = EmailMessage(policy=_POLICY)
    try:
        sender = Address(settings.sender_name, addr_spec=settings.sender)
        mail["From"] = sender
        mail["To"] = Address(addr_spec=to)
        mail["Subject"] = letter.subject
        mail["Date"] = now
        mail["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
        mail.set_content(letter.body)
        mail["Content-Language"] = letter.language
        return mail.as_bytes()
    except (ValueError, IndexError) as error:
        raise MailRefused("the mail's address or subject cannot be a header") from error
