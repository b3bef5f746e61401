import pytest

from aftersales.models import Macro
from catalog.models import Shop, Sku
from core.invariants import run as audit
from core.models import RuleSet
from insights.demo import seed


@pytest.mark.django_db
def test_the_demo_business_is_whole_and_seeding_twice_changes_nothing():
    seed.seed()
    counts = [model.objects.count() for model in (Shop, Sku, Macro)]
    assert set(RuleSet.objects.filter(status="live").values_list("kind", flat=True)) == {
        "carrier", "merge", "risk", "routing", "wave",
    }  # fmt: skip
    seed.seed()
    assert [model.objects.count() for model in (Shop, Sku, Macro)] == counts
    assert [f for f in audit() if f.violations] == []
