
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0003_lowest_price'),
        ('oms', '0007_risk'),
    ]

    operations = [
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('merge_key', models.CharField(max_length=60)),
                ('rule', models.CharField(blank=True, max_length=80, verbose_name='rule')),
                ('made_by', models.CharField(max_length=80, verbose_name='by')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='at')),
            ],
        ),
        migrations.CreateModel(
            name='MergeLook',
            fields=[
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='oms.order')),
            ],
        ),
        migrations.CreateModel(
            name='MergeProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('merge_key', models.CharField(max_length=60)),
                ('kind', models.CharField(blank=True, max_length=30)),
                ('order_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('shop_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('state', models.CharField(choices=[('open', 'proposed'), ('merged', 'merged'), ('declined', 'declined'), ('gone', 'came to nothing')], default='open', max_length=8, verbose_name='state')),
                ('by_rule', models.BooleanField(default=False)),
                ('rule', models.CharField(blank=True, max_length=80, verbose_name='rule')),
                ('rule_version', models.PositiveIntegerField(default=0)),
                ('facts', models.JSONField(default=dict)),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('proposed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='proposed at')),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.CharField(blank=True, max_length=80, verbose_name='by')),
            ],
            options={
                'verbose_name': 'merge proposal',
                'verbose_name_plural': 'merge proposals',
            },
        ),
        migrations.AddField(
            model_name='order',
            name='merge_key',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='order',
            name='no_merge',
            field=models.BooleanField(default=False, verbose_name='never merge'),
        ),
        migrations.AddField(
            model_name='order',
            name='no_split',
            field=models.BooleanField(default=False, verbose_name='never split'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('status__in', ['allocated', 'fulfilling']), models.Q(('merge_key', ''), _negated=True)), fields=['merge_key'], name='order_merge_company'),
        ),
        migrations.AddField(
            model_name='merge',
            name='warehouse',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='catalog.warehouse', verbose_name='warehouse'),
        ),
        migrations.AddField(
            model_name='suborder',
            name='merge',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suborders', to='oms.merge'),
        ),
        migrations.AddConstraint(
            model_name='suborder',
            constraint=models.UniqueConstraint(condition=models.Q(('merge__isnull', False)), fields=('merge', 'order'), name='suborder_merged_once'),
        ),
        migrations.AddConstraint(
            model_name='suborder',
            constraint=models.CheckConstraint(condition=models.Q(('merge', None), models.Q(('status', 'cancelled'), _negated=True), _connector='OR'), name='suborder_cancelled_is_not_merged'),
        ),
        migrations.AddIndex(
            model_name='mergeproposal',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['-id'], name='mergeproposal_waiting'),
        ),
        migrations.AddIndex(
            model_name='mergeproposal',
            index=models.Index(condition=models.Q(('state', 'declined')), fields=['merge_key'], name='mergeproposal_declined'),
        ),
        migrations.AddConstraint(
            model_name='mergeproposal',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('merge_key', 'kind'), name='mergeproposal_one_open'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.UniqueConstraint(fields=('id', 'warehouse'), name='merge_of_one_warehouse'),
        ),
        migrations.RunSQL(
            "ALTER TABLE oms_suborder ADD CONSTRAINT suborder_merged_in_one_warehouse"
            " FOREIGN KEY (merge_id, warehouse_id) REFERENCES oms_merge (id, warehouse_id)",
            "ALTER TABLE oms_suborder DROP CONSTRAINT suborder_merged_in_one_warehouse",
        ),
    ]
