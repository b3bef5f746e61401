
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0005_inbox_waits_for'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='access',
            options={'default_permissions': (), 'managed': False, 'permissions': (('dashboard_view', 'See the dashboard and insights'), ('orders_view', 'See orders'), ('orders_edit', 'Release, hold, cancel and correct orders'), ('holds_release', 'Take over and release exceptions'), ('receiver_reveal', "Reveal a receiver's name, phone and address"), ('waves_view', 'See waves'), ('waves_edit', 'Make and release waves'), ('pick', 'Pick'), ('pack', 'Pack and check'), ('shipments_view', 'See shipments'), ('labels_print', 'Fetch waybills and print labels'), ('ship', 'Hand parcels over to the carrier'), ('tickets_view', 'See after-sales tickets'), ('tickets_edit', 'Work on after-sales tickets'), ('refund_approve', 'Approve refunds'), ('finance_view', 'See statements, ledger and costs'), ('finance_edit', 'Import statements and settle differences'), ('rules_view', 'See rules'), ('rules_edit', 'Edit and publish rules'), ('catalog_edit', 'Maintain master data'), ('listings_match', "Match shops' products to SKUs"), ('stock_view', 'See stock'), ('stock_edit', 'Receive and adjust stock'), ('inbox_view', 'See raw messages and dead letters'), ('inbox_replay', 'Replay parked messages'))},
        ),
        migrations.AddField(
            model_name='ruleset',
            name='created_by',
            field=models.CharField(blank=True, default='', max_length=80),
        ),
        migrations.AddField(
            model_name='ruleset',
            name='retired_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='ruleset',
            name='revision',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='ruleset',
            name='shadowed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='ruleset',
            name='status',
            field=models.CharField(choices=[('draft', 'Draft'), ('shadow', 'Shadow'), ('live', 'Live'), ('retired', 'Retired')], default='draft', max_length=8),
        ),
        migrations.RunSQL(  # one draft per kind from here on: the newest
            """UPDATE core_ruleset r SET status = 'retired' WHERE status = 'draft' AND EXISTS
                (SELECT 1 FROM core_ruleset n WHERE n.kind = r.kind AND n.status = 'draft' AND n.version > r.version)""",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name='ruleset',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'draft')), fields=('kind',), name='ruleset_one_draft_per_kind'),
        ),
        migrations.AddConstraint(
            model_name='ruleset',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'shadow')), fields=('kind',), name='ruleset_one_shadow_per_kind'),
        ),
    ]
