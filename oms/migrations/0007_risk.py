
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0003_lowest_price'),
        ('core', '0006_rule_life'),
        ('oms', '0006_adjustments'),
    ]

    operations = [
        migrations.RenameModel("BlacklistEntry", "ListEntry"),
        migrations.AlterModelOptions(
            name="listentry",
            options={"verbose_name": "list entry", "verbose_name_plural": "black and white list"},
        ),
        migrations.AddField(
            model_name="listentry",
            name="side",
            field=models.CharField(choices=[("black", "blacklist"), ("white", "whitelist")], default="black", max_length=5, verbose_name="list"),
        ),
        migrations.AlterField(
            model_name="listentry",
            name="kind",
            field=models.CharField(choices=[("phone", "phone"), ("buyer", "buyer"), ("address", "address"), ("ip", "IP address"), ("device", "device")], max_length=8, verbose_name="kind"),
        ),
        migrations.CreateModel(
            name='Rescreening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule_set_id', models.BigIntegerField(null=True, unique=True)),
                ('tag', models.CharField(blank=True, max_length=60)),
                ('after_id', models.BigIntegerField(default=0)),
                ('until_id', models.BigIntegerField(null=True)),
                ('looked_at', models.PositiveIntegerField(default=0)),
                ('changed', models.PositiveIntegerField(default=0)),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('done_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RuleHit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shadow', models.BooleanField()),
                ('facts', models.JSONField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.AddField(
            model_name='hold',
            name='blocks',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), default=list, size=None),
        ),
        migrations.AddField(
            model_name='hold',
            name='trace',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='order',
            name='address_key',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='order',
            name='blocked',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), default=list, size=None),
        ),
        migrations.AddField(
            model_name='order',
            name='device_key',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='order',
            name='ip_key',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.RunSQL(  # until now every hold blocked everything
            [
                "UPDATE oms_hold SET blocks = '{allocate,pick,ship}'",
                "UPDATE oms_order SET blocked = '{allocate,pick,ship}' WHERE open_holds > 0",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name='hold',
            name='reason',
            field=models.CharField(choices=[('blacklist', 'blacklisted buyer'), ('amount', 'amount above the ceiling'), ('velocity', 'too many orders in a short time'), ('duplicate', 'ordered twice'), ('finance', 'finance check'), ('stopped_area', 'delivery to the area is stopped'), ('note', 'a note needs a look'), ('rule', 'caught by a risk rule'), ('address', 'address needs a look'), ('sku_unmatched', 'unknown product'), ('sku_changed', 'merchant code changed'), ('refund_requested', 'refund requested'), ('platform', 'locked by the platform'), ('test_order', 'test order'), ('currency', "currency differs from the shop's"), ('manual', 'held by hand'), ('unroutable', 'no warehouse can take it')], max_length=20, verbose_name='reason'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('address_key', ''), _negated=True), fields=['address_key', 'captured_at'], name='order_address_velocity'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('ip_key', ''), _negated=True), fields=['ip_key', 'captured_at'], name='order_ip_velocity'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('device_key', ''), _negated=True), fields=['device_key', 'captured_at'], name='order_device_velocity'),
        ),
        migrations.AddIndex(
            model_name='rescreening',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['id'], name='rescreening_open'),
        ),
        migrations.AddField(
            model_name='rulehit',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rule_hits', to='oms.order'),
        ),
        migrations.AddField(
            model_name='rulehit',
            name='rule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hits', db_index=False, to='core.rule'),
        ),
        migrations.AddIndex(
            model_name='rulehit',
            index=models.Index(fields=['rule', 'at'], name='rulehit_by_rule'),
        ),
        migrations.AddConstraint(
            model_name='rulehit',
            constraint=models.UniqueConstraint(fields=('rule', 'order', 'shadow'), name='rulehit_once'),
        ),
    ]
