"""Every table of the product in one metadata; importing this makes it whole."""

from lumiku.accounts import tables as accounts
from lumiku.core import tables as core
from lumiku.core.db import metadata
from lumiku.credits import tables as credits_
from lumiku.mail import tables as mail
from lumiku.payments import tables as payments
from lumiku.queue import tables as queue
from lumiku.removals import tables as removals
from lumiku.subscriptions import tables as subscriptions
from lumiku.webhooks import tables as webhooks

__all__ = ["MODULES", "metadata"]

MODULES = (accounts, core, credits_, mail, payments, queue, removals, subscriptions, webhooks)
