"""One error shape for the whole API: `{"code", "message", "fields", "request_id"}`."""

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.context import current
from core.errors import OneRopeError


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what a view raised into the one shape; None (a 500 page) only for what nobody expected."""
    if isinstance(exc, OneRopeError):
        set_rollback()
        return _response(exc.status, exc.code, str(exc.message), exc.fields)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    elif isinstance(exc, RequestDataTooBig):
        return _response(413, "too_large", _("The request is larger than it may be."), {})
    if not isinstance(exc, exceptions.APIException):
        return None
    set_rollback()
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if isinstance(exc, exceptions.ValidationError):
        fields = exc.detail if isinstance(exc.detail, dict) else {"non_field_errors": exc.detail}
        return _response(exc.status_code, "invalid", str(exceptions.ValidationError.default_detail), fields, headers)
    detail = exc.detail
    code = detail.code if isinstance(detail, exceptions.ErrorDetail) else exc.default_code
    return _response(exc.status_code, str(code), str(detail), {}, headers)


def _response(
    status_code: int, code: str, message: str, fields: Any, headers: dict[str, str] | None = None
) -> Response:
    body = {"code": code, "message": message, "fields": fields, "request_id": current().request_id}
    return Response(body, status=status_code or status.HTTP_400_BAD_REQUEST, headers=headers)
