
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_listing_merchant_code'),
    ]

    operations = [
        migrations.AddField(
            model_name='sku',
            name='floor_fen',
            field=models.PositiveBigIntegerField(default=0, help_text='sold for less, finance may want to look; 0: no such price', verbose_name='lowest price (fen)'),
        ),
    ]
