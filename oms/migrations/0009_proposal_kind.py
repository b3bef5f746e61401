
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('oms', '0008_merging'),
    ]

    operations = [
        migrations.AlterField(
            model_name='mergeproposal',
            name='kind',
            field=models.CharField(blank=True, max_length=40),
        ),
    ]
