"""The gateways that the settings name, by name."""

from collections.abc import Mapping

from lumiku.core import log
from lumiku.core.clock import Clock
from lumiku.payments.gateways.base import Addresses, Gateway
from lumiku.payments.gateways.duitku import DuitkuGateway
from lumiku.payments.gateways.manual import ManualGateway
from lumiku.payments.settings import PaymentsSettings

Gateways = Mapping[str, Gateway]


def load_gateways(settings: PaymentsSettings, base_url: str, clock: Clock) -> Gateways:
    """Every gateway that has what it needs, also when new invoices use another: old ones are paid by it.

    Args:
        settings: of payments.
        base_url: what this server's own addresses begin with, as the world sees it.
        clock: the time.
    """
    addresses = Addresses(base_url, settings.return_url)
    gateways: list[Gateway] = [ManualGateway()]
    key = settings.duitku.api_key.get_secret_value()
    if settings.duitku.merchant_code and key:
        log.hide(key)
        gateways.append(DuitkuGateway(settings.duitku, addresses, clock))
    return {gateway.name: gateway for gateway in gateways}
