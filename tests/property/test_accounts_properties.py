"""What strangers type: addresses, tokens and passwords of any shape."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lumiku.accounts.address import mail_address
from lumiku.accounts.errors import BadAddress, BadPassword, InvalidToken
from lumiku.accounts.passwords import Passwords
from lumiku.accounts.tokens import Claims, read_token, sign_token
from lumiku.core.ids import new_id
from lumiku.core.secrets import MasterKey, Secrets
from lumiku.mail.message import message
from lumiku.mail.settings import MailSettings
from lumiku.mail.texts import Letter
from support.people import SETTINGS

NOW = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)
SECRETS = Secrets((MasterKey("new", bytes(range(32))), MasterKey("old", bytes(32))))
PASSWORDS = Passwords(SETTINGS)
# The machine may be busy.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ANY_TEXT = st.text(st.characters(), max_size=80)
NEARLY_AN_ADDRESS = st.one_of(
    ANY_TEXT,
    st.emails(),
    st.tuples(st.emails(), st.sampled_from(["\r\n", "\n", "\0", " ", ",", "\u2028"]), ANY_TEXT).map("".join),
)


@unhurried
@given(NEARLY_AN_ADDRESS)
@example("a@xn--.test")
def test_an_address_is_refused_or_safe_in_a_header(typed: str) -> None:
    try:
        address = mail_address(typed)
    except BadAddress:
        return
    assert address.isascii()
    assert address.isprintable()
    assert len(address) <= 254
    assert mail_address(address) == address
    data = message(MailSettings(), address, Letter("en", "s", "b"), key="k", now=NOW)
    mail = message_from_bytes(data, policy=policy.default)
    assert [str(each.addr_spec) for each in mail["To"].addresses] == [address]
    assert mail["Bcc"] is None
    assert mail["Cc"] is None


@unhurried
@given(ANY_TEXT)
@example("..")
@example("eyJhbGciOiJIUzI1NiJ9.W10.x")
@example("eyJhbGciOiJIUzI1NiIsImtpZCI6Im5ldyJ9.W10.x")
@example("W10.e30.x")
def test_text_that_we_did_not_sign_is_no_token(token: str) -> None:
    try:
        read_token(SECRETS, token, now=NOW)
    except InvalidToken:
        return
    raise AssertionError("it was taken")


@unhurried
@given(st.integers(min_value=0), st.characters())
def test_a_token_with_one_letter_changed_is_refused(place: int, letter: str) -> None:
    claims = Claims(new_id(), new_id())
    token = sign_token(SECRETS, claims, issued_at=NOW, expires_at=NOW + timedelta(hours=1))
    assert read_token(SECRETS, token, now=NOW) == claims
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    # The last letter of a part carries spare bits that decoders ignore: the same bytes, the same token.
    if changed == token or place + 1 in {token.index("."), token.rindex("."), len(token)}:
        return
    try:
        read_token(SECRETS, changed, now=NOW)
    except InvalidToken:
        return
    raise AssertionError("it was taken")


@unhurried
@given(st.text(st.characters(), max_size=300))
def test_a_password_is_taken_as_it_is_or_refused(password: str) -> None:
    try:
        assert PASSWORDS.check(password, email="cat@example.com") == password
    except BadPassword:
        assert not 8 <= len(password) <= 256 or password.lower().startswith("cat")
