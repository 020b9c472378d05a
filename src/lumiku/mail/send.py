"""One mail over SMTP, with a word before the point of no return."""

from collections.abc import Awaitable, Callable

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPResponseException

from lumiku.mail.errors import MailRefused, MailUnavailable
from lumiku.mail.settings import MailSettings


async def send(
    settings: MailSettings,
    to: str,
    data: bytes,
    *,
    claim: Callable[[], Awaitable[bool]],
    unclaim: Callable[[], Awaitable[None]],
) -> bool:
    """Hand a mail to the server; False where `claim` says that it was handed over before.

    Everything that usually fails (name, connection, TLS, login, addresses) comes before `claim`. Where the
    server then refuses the text, `unclaim` is called. Where the connection breaks just then, nobody can know
    whether it was taken: the claim stays, and the mail is not sent twice.

    Raises:
        MailUnavailable: no server is set, it does not answer, or it refuses for now (4xx).
        MailRefused: it refuses for good (5xx).
    """
    if settings.host is None:
        raise MailUnavailable("no mail server is set")
    client = SMTP(
        hostname=settings.host,
        port=settings.port,
        username=settings.username,
        password=None if settings.password is None else settings.password.get_secret_value(),
        use_tls=settings.security == "tls",
        start_tls=settings.security == "starttls",
        timeout=settings.timeout_s,
        local_hostname=settings.sender.rpartition("@")[2],  # else it would look up its own name, blocking
    )
    try:
        await client.connect()
        await client.mail(settings.sender)
        await client.rcpt(to)
        if not await claim():
            return False
        try:
            await client.data(data)
        except SMTPResponseException:
            await unclaim()
            raise
    except SMTPAuthenticationError as error:  # our settings' fault, not the mail's
        raise MailUnavailable(f"the mail server refuses our login ({error.code})") from None
    except SMTPResponseException as error:
        raise _refusal(error) from None  # its text may name the login
    except (SMTPException, OSError) as error:
        raise MailUnavailable(f"the mail server does not answer ({type(error).__name__})") from None
    finally:
        client.close()
    return True


def _refusal(error: SMTPResponseException) -> MailUnavailable | MailRefused:
    if 500 <= error.code < 600:
        return MailRefused(f"the mail server refuses the mail ({error.code})")
    return MailUnavailable(f"the mail server cannot take the mail now ({error.code})")
