"""The product's own site with one view beside it: what a first version of a webhook looks like."""

import base64
import hashlib
import hmac
import json
import os

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.csrf import csrf_exempt

SECRET = os.environ.get("PLAIN_SECRET", "")


@csrf_exempt
def plain(request: HttpRequest) -> HttpResponse:
    """Verify, parse, look whether it is here, insert through the ORM."""
    from core.models import InboxMessage

    told = base64.b64encode(hmac.new(SECRET.encode(), request.body, hashlib.sha256).digest()).decode()
    if not hmac.compare_digest(told, request.headers["X-Shopify-Hmac-Sha256"]):
        return HttpResponse(status=401)
    order = json.loads(request.body)
    InboxMessage.objects.get_or_create(
        source="plain", delivery_key=str(order["id"]), defaults={"body": request.body, "meta": {}, "state": "done"}
    )
    return HttpResponse("ok")


urlpatterns: list[URLPattern | URLResolver] = [path("plain/", plain)]


def application():  # type: ignore[no-untyped-def]
    """A WSGI application for gunicorn: `benchmarks.plain_site:application()`."""
    from django.core.wsgi import get_wsgi_application

    found = get_wsgi_application()
    urlpatterns.append(path("", include("config.urls")))
    settings.ROOT_URLCONF = "benchmarks.plain_site"
    return found
