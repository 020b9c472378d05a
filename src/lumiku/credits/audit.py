"""The proof that the ledger holds: each invariant is one query for the rows that break it."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from lumiku.core.db import Database

# One statement sees one moment, so an audit may run while credits move. Each query gives a subject, what is
# there and what should be.
INVARIANTS: Final = {
    "balance is the sum of entries": """
        SELECT 'account ' || account.user_id, account.balance, coalesce(sum(entry.amount), 0)
        FROM credit_accounts AS account LEFT JOIN credit_entries AS entry USING (user_id)
        GROUP BY account.user_id HAVING account.balance <> coalesce(sum(entry.amount), 0)""",
    "held is the sum of open holds": """
        SELECT 'account ' || account.user_id, account.held, coalesce(sum(hold.amount), 0)
        FROM credit_accounts AS account
        LEFT JOIN credit_holds AS hold ON hold.user_id = account.user_id AND hold.status = 'open'
        GROUP BY account.user_id HAVING account.held <> coalesce(sum(hold.amount), 0)""",
    "nothing is negative and no more is held than owned": """
        SELECT 'account ' || user_id, 'balance ' || balance || ', held ' || held, '0 <= held <= balance'
        FROM credit_accounts WHERE balance < 0 OR held < 0 OR held > balance
        UNION ALL
        SELECT 'hold ' || id, CAST(amount AS text), 'above 0' FROM credit_holds WHERE amount <= 0""",
    "each entry starts from the balance that the one before left": """
        SELECT 'entry ' || id, balance_after, before + amount FROM (
            SELECT id, balance_after, amount,
                   lag(balance_after, 1, 0) OVER (PARTITION BY user_id ORDER BY id) AS before
            FROM credit_entries
        ) AS chained WHERE balance_after <> before + amount OR balance_after < 0""",
    "a captured hold has one entry of its amount": """
        SELECT 'hold ' || hold.id, coalesce(string_agg(CAST(entry.amount AS text), ', '), 'no entry'),
               CAST(-hold.amount AS text)
        FROM credit_holds AS hold LEFT JOIN credit_entries AS entry ON entry.hold_id = hold.id
        WHERE hold.status = 'captured' GROUP BY hold.id
        HAVING count(entry.id) <> 1 OR min(entry.amount) <> -hold.amount
               OR bool_or(entry.user_id <> hold.user_id) OR bool_or(entry.kind <> 'capture')""",
    "a hold that was not captured has no entry": """
        SELECT 'hold ' || hold.id, hold.status || ' with entry ' || entry.id, 'no entry'
        FROM credit_holds AS hold JOIN credit_entries AS entry ON entry.hold_id = hold.id
        WHERE hold.status <> 'captured'""",
    "a hold is open, or ended at a time": """
        SELECT 'hold ' || id, status, 'open, or captured or released with a time'
        FROM credit_holds
        WHERE status NOT IN ('open', 'captured', 'released') OR (status = 'open') <> (ended_at IS NULL)""",
    "captures take, all others but adjustments give": """
        SELECT 'entry ' || id, kind || ' ' || amount, 'capture below 0, others above 0'
        FROM credit_entries
        WHERE kind NOT IN ('bonus', 'grant', 'purchase', 'capture', 'refund', 'adjust') OR amount = 0
              OR (kind <> 'adjust' AND (amount < 0) <> (kind = 'capture'))
              OR (kind = 'capture') <> (hold_id IS NOT NULL)
              OR (kind = 'refund') <> (refunds_entry_id IS NOT NULL)""",
    "refunds give back captures of the same account, not more than was paid": """
        SELECT 'entry ' || paid.id, 'refunds of ' || sum(refund.amount), 'at most ' || -paid.amount
        FROM credit_entries AS refund JOIN credit_entries AS paid ON paid.id = refund.refunds_entry_id
        GROUP BY paid.id, paid.amount, paid.kind, paid.user_id
        HAVING sum(refund.amount) > -paid.amount OR paid.kind <> 'capture'
               OR bool_or(refund.user_id <> paid.user_id)""",
    "a reference has one entry and one hold": """
        SELECT 'entries of ' || reference, CAST(count(*) AS text), '1'
        FROM credit_entries GROUP BY reference HAVING count(*) > 1
        UNION ALL
        SELECT 'holds of ' || reference, CAST(count(*) AS text), '1'
        FROM credit_holds GROUP BY reference HAVING count(*) > 1""",
    "entries and holds belong to accounts": """
        SELECT 'entry ' || id, 'of ' || user_id, 'an account' FROM credit_entries AS entry
        WHERE NOT EXISTS (SELECT FROM credit_accounts AS account WHERE account.user_id = entry.user_id)
        UNION ALL
        SELECT 'hold ' || id, 'of ' || user_id, 'an account' FROM credit_holds AS hold
        WHERE NOT EXISTS (SELECT FROM credit_accounts AS account WHERE account.user_id = hold.user_id)""",
}
_SHOWN = 1000  # of each invariant; a broken ledger may be broken in a million places


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where an invariant does not hold."""

    invariant: str
    subject: str
    found: str
    expected: str


async def audit(db: Database) -> list[Violation]:
    """Check every invariant over all accounts; gives what breaks them, at most 1,000 places each."""
    violations = []
    for invariant, query in INVARIANTS.items():
        async with db.transaction() as tx:
            # A large ledger takes longer than a request may.
            await tx.execute(text("SET LOCAL statement_timeout = 0"))
            rows = await tx.execute(text(f"{query} LIMIT {_SHOWN}"))
            violations += [Violation(invariant, *map(str, row)) for row in rows]
    return violations
