import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fulfillment', '0001_initial'),
        ('oms', '0008_merging'),
    ]

    operations = [
        migrations.CreateModel(
            name='ParcelShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order_id', models.BigIntegerField()),
                ('live', models.BooleanField(default=True)),
                ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='fulfillment.parcel')),
                ('suborder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='oms.suborder')),
            ],
            options={
                'indexes': [models.Index(fields=['order_id'], name='parcelshare_order')],
                'constraints': [models.UniqueConstraint(fields=('parcel', 'suborder'), name='parcelshare_once'), models.UniqueConstraint(condition=models.Q(('live', True)), fields=('suborder',), name='parcelshare_one_live')],
            },
        ),
        migrations.RunSQL(
            "INSERT INTO fulfillment_parcelshare (parcel_id, suborder_id, order_id, live)"
            " SELECT id, suborder_id, order_id, state <> 'voided' FROM fulfillment_parcel",
            migrations.RunSQL.noop,
        ),
    ]
