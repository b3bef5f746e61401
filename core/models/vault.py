"""Receiver data at rest."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now


class Sealed(models.Model):
    """One sealed record: AES-GCM ciphertext of a JSON object, keyed blind-index tags to find and merge by.

    A tag is `<kind>:<hmac>`; equal values give equal tags and nothing can be read back from one. Deleting the row
    makes the person unreadable everywhere, since events and projections only hold its id and masked text.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key_id = models.CharField(max_length=20)
    ciphertext = models.BinaryField()
    tags = ArrayField(models.CharField(max_length=60), default=list)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [GinIndex(fields=["tags"], name="sealed_tags")]

    def __str__(self) -> str:
        return str(self.id)
