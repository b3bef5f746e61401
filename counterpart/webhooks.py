"""Standard Webhooks as a receiver checks them: own sites and the CRM."""

import base64
import hmac
import time

from counterpart.http import Request

_WINDOW = 300  # s


def problem(request: Request, secrets: list[str]) -> str:
    """What is wrong with the signature; "" when one of `secrets` made one of the signatures in the header."""
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    webhook_id, stamp, listed = (request.headers.get(name, "") for name in names)
    if not (webhook_id and stamp.isdecimal() and listed) or "." in webhook_id:
        return "headers"
    if abs(time.time() - int(stamp)) > _WINDOW:
        return "timestamp"
    signed = f"{webhook_id}.{stamp}.".encode() + request.body
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        wanted = "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        if any(hmac.compare_digest(wanted, given) for given in listed.split(" ")):
            return ""
    return "signature"
