"""Our contracts with carriers, and the secrets their pushes are signed with, as settings.

`CARRIER_ACCOUNTS`: {carrier code or "*": {"office": "sf|cainiao|generic", "base_url", "partner", "secret", …}}, the
fields of `office.Account`. `CARRIER_PUSH_SECRETS`: {"kuaidi100|kdniao|sf": [live secrets]}.
"""

from collections.abc import Sequence

from django.conf import settings

from integrations.carriers.waybills.office import Account

ANY = "*"


def account(carrier: str) -> Account | None:
    """The contract for `carrier`, else the one for any carrier, else None."""
    known = settings.CARRIER_ACCOUNTS
    found = known.get(carrier) or known.get(ANY)
    return Account(**found) if found else None


def push_secrets(tracker: str) -> Sequence[str]:
    """The live secrets of a tracking source; none means that nothing it sends is believed."""
    return tuple(settings.CARRIER_PUSH_SECRETS.get(tracker, ()))
