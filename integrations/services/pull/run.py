"""One shop's turn: what is asked for by number, the counts, the list from where it was left."""

import logging
from collections.abc import Callable

from django.conf import settings

from catalog.selectors import shops
from integrations.channels.adapter import Credentials
from integrations.channels.pulling import Puller, PullRefused
from integrations.models import ShopPull
from integrations.registry import CHANNELS, channel
from integrations.services.pull import cursor, fetches, hours, leases
from integrations.services.pull.intake import Intake
from integrations.services.pull.leases import Lease, LeaseLost
from integrations.services.pull.line import Line
from integrations.services.pull.run_time import OutOfTime, RunTime

log = logging.getLogger(__name__)


def next_shop() -> bool:
    """Serve the shop that has waited longest; False when none is due. Never raises for what a platform does."""
    pull = leases.claim()
    if pull is None:
        return False
    lease = Lease(pull)
    try:
        _serve(lease)
    except LeaseLost:
        log.warning("shop %s: another worker has the list now", pull.shop_id)
    return True


def _serve(lease: Lease) -> None:
    try:
        more = _work(lease)
    except OutOfTime:
        lease.done(again_at_once=True)
    except PullRefused as exc:
        lease.failed(exc)
    except LeaseLost:
        raise
    except Exception as exc:  # a fault of ours in one shop's list must not stop the others'
        log.exception("reading the list of shop %s failed", lease.pull.shop_id)
        lease.failed(PullRefused(f"{type(exc).__name__}: {exc}", code="failed", retry=True))
    else:
        lease.done(again_at_once=more)


def _work(lease: Lease) -> bool:
    """True when there is more to do at once; raises PullRefused, LeaseLost, OutOfTime."""
    pull, run_time = lease.pull, RunTime()
    puller = _puller(pull)

    def before_call() -> None:
        run_time.check()
        lease.keep()

    line = _line(pull, puller, before_call)
    intake = Intake(pull, line)
    more = fetches.work_off(pull, intake)
    more |= hours.count_due(pull, line, intake, run_time)
    return cursor.read_on(lease, line, intake, run_time, puller.longest) or more


def _puller(pull: ShopPull) -> Puller:
    puller = channel(pull.shop.platform).pull if pull.shop.platform in CHANNELS else None
    if puller is None:
        raise PullRefused("this platform has no list to read", code="no_list")
    return puller


def _line(pull: ShopPull, puller: Puller, before_call: Callable[[], None]) -> Line:
    base_url = settings.CHANNEL_BASE_URLS.get(pull.shop.platform)
    if not base_url:
        raise PullRefused("no address is configured for this platform", code="no_address")
    access = shops.access(pull.shop)
    credentials = Credentials(access.app_key, access.secret, access.access_token)
    return Line(puller, base_url, credentials, settings.OUTBOUND_HOSTS, before_call)
