from django.utils.translation import gettext_lazy as _

from core.selectors.worklist import visible_to
from core.web import nav
from core.web.paging import capped_count


def _waiting(user: nav.User) -> int:
    return capped_count(visible_to(user), nav.BADGE_CAP)  # type: ignore[arg-type] # logged in, or nothing


nav.add(10, _("Dashboard"), "insights:start", "layout-dashboard", "dashboard_view")
nav.add(15, _("Exceptions"), "insights:exceptions", "alert-triangle", "orders_view", badge=_waiting)
nav.add(110, _("Cost calculator"), "insights:calculator", "calculator", "dashboard_view")
nav.add(120, _("Rules"), "insights:rules", "adjustments", "rules_view")
