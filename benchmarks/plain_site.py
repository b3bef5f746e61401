"""The product's own site with one view beside it: what a first version of a webhook looks like."""

import base64
import hashlib
import hmac
import json
import os

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from core.models import InboxMessage

PATH = "/hooks/plain/"
SECRET = os.environ.get("PLAIN_SECRET", "")


@csrf_exempt
def plain(request: HttpRequest) -> HttpResponse:
    """Verify, parse, one insert through the ORM; a copy is one that the table refuses."""
    told = base64.b64encode(hmac.new(SECRET.encode(), request.body, hashlib.sha256).digest()).decode()
    if not hmac.compare_digest(told, request.headers["X-Shopify-Hmac-Sha256"]):
        return HttpResponse(status=401)
    order = json.loads(request.body)
    try:
        InboxMessage.objects.create(source="plain", delivery_key=str(order["id"]), body=request.body)
    except IntegrityError:
        return HttpResponse("known")
    return HttpResponse("ok")


urlpatterns = [path(PATH[1:], plain), path("", include("integrations.door"))]
