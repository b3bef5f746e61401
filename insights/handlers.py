from django.utils.translation import gettext_lazy as _

from core.web import nav

nav.add(10, _("Dashboard"), "insights:start", "layout-dashboard", "dashboard_view")
nav.add(110, _("Cost calculator"), "insights:calculator", "calculator", "dashboard_view")
nav.add(120, _("Rules"), "insights:rules", "adjustments", "rules_view")
