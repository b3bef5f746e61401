from django.utils.translation import gettext_lazy as _

from core.web import nav

nav.add(125, _("Master data"), "admin:index", "database", "catalog_edit")
