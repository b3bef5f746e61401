"""`Idempotency-Key` on every write: the first answer is kept and given again; another request under it is refused."""

import hashlib
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.errors import Conflict, OneRopeError
from core.models import IdempotencyKey

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
MAX_KEY = 100


class IdempotentMixin(APIView):
    """Runs a write, and remembers its answer, in one transaction under its key.

    Without the header: 400 `idempotency_key_required`. The same key while the first still runs waits for it; with
    another body or path: 409 `idempotency_key_reused`. A refusal (4xx) is rolled back and not kept: it may be tried
    again with the same key.
    """

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.method not in WRITES:
            return super().dispatch(request, *args, **kwargs)
        with transaction.atomic():
            response = super().dispatch(request, *args, **kwargs)
            record: IdempotencyKey | None = getattr(self, "_idempotency", None)
            if record is not None and response.status_code < 400:
                record.status, record.body = response.status_code, getattr(response, "data", None)
                record.save(update_fields=["status", "body"])
            elif response.status_code >= 400:
                transaction.set_rollback(True)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in WRITES and getattr(self, "action", "") is not None:
            self._claim(request)

    def _claim(self, request: Request) -> None:
        key = request.headers.get("Idempotency-Key", "")
        if not key or len(key) > MAX_KEY:
            raise OneRopeError(
                _("Every write needs an Idempotency-Key header of at most 100 characters."),
                code="idempotency_key_required",
            )
        request_hash = hashlib.sha256(
            b"\x00".join([str(request.method).encode(), request.get_full_path().encode(), request.body])
        ).hexdigest()
        # The insert waits for a running first request: the unique row is the lock.
        record, created = IdempotencyKey.objects.get_or_create(
            user_id=request.user.pk or 0, key=key, defaults={"request_hash": request_hash}
        )
        if record.request_hash != request_hash:
            raise Conflict(_("This Idempotency-Key was used for another request."), code="idempotency_key_reused")
        if created:
            self._idempotency = record
        else:
            raise _Replayed(record)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, _Replayed):
            return Response(exc.record.body, status=exc.record.status, headers={"Idempotent-Replayed": "true"})
        return super().handle_exception(exc)


class _Replayed(Exception):
    """Carries the kept answer out of DRF's `initial`."""

    def __init__(self, record: IdempotencyKey) -> None:
        super().__init__()
        self.record = record
