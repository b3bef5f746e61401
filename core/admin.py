"""People, what they may do, other systems' tokens, and who did what."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from core.models import AuditEntry, SystemToken
from core.permissions import PERMISSIONS, ROLE_LABELS, ROLES
from core.services import tokens
from core.web.admin import ShownAdmin, WalledAdmin

admin.site.unregister(User)
admin.site.unregister(Group)

_RIGHTS = ("is_active", "is_staff", "groups")


@admin.register(User)
class UserAdmin(DjangoUserAdmin, WalledAdmin):
    """Rights come from roles. Only a superuser makes another one, or touches one."""

    form, add_form, change_password_form = UserChangeForm, UserCreationForm, AdminPasswordChangeForm
    list_display = ["username", "first_name", "roles", "is_staff", "is_active", "last_login"]
    list_filter = ["groups", "is_active", "is_staff"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = (
        (None, {"fields": ("username", "password", "first_name", "email")}),
        (gettext_lazy("Rights"), {"fields": _RIGHTS}),
        (gettext_lazy("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "usable_password", "password1", "password2", "first_name")}),)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, user: User) -> str:
        return ", ".join(str(ROLE_LABELS.get(group.name, group.name)) for group in user.groups.all())

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None or not request.user.is_superuser:
            return super().get_fieldsets(request, obj)
        return (
            *self.fieldsets[:1],
            (gettext_lazy("Rights"), {"fields": (*_RIGHTS, "is_superuser")}),
            *self.fieldsets[2:],
        )

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # switched off instead: the audit trail names them


@admin.register(Group)
class RoleAdmin(ShownAdmin):
    """Roles are made from core.permissions after every migrate."""

    list_display = ["label", "name"]
    fields = ["label", "name", "rights"]

    @admin.display(description=gettext_lazy("role"))
    def label(self, group: Group) -> str:
        return str(ROLE_LABELS.get(group.name, group.name))

    @admin.display(description=gettext_lazy("rights"))
    def rights(self, group: Group) -> str:
        held = ROLES.get(group.name, set())
        return "; ".join(str(label) for code, label in PERMISSIONS if code in held)


@admin.register(SystemToken)
class SystemTokenAdmin(WalledAdmin):
    """Made here, shown once; afterwards it can only be switched off and on."""

    list_display = ["name", "user", "is_active", "created_at", "last_used_at"]
    list_filter = ["is_active"]
    list_select_related = ["user"]
    autocomplete_fields = ["user"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Nobody lends a system more rights than they could give a person."""
        if not request.user.is_superuser:
            kwargs["queryset"] = User.objects.filter(is_superuser=False)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["name", "user"] if obj is None else ["name", "user", "is_active", "created_at", "last_used_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if obj is None else ["name", "user", "created_at", "last_used_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: SystemToken, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        secret, token = tokens.issue(obj.name, obj.user)
        obj.pk = token.pk
        messages.warning(request, _("The token, shown this once: %(secret)s") % {"secret": secret})


@admin.register(AuditEntry)
class AuditAdmin(ShownAdmin):
    list_display = ["at", "actor", "action", "target", "reason", "ip"]
    list_filter = ["action"]
    search_fields = ["=actor", "=target", "=request_id"]
    ordering = ["-id"]
