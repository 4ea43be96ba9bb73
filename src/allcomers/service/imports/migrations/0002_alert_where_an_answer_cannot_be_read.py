import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0001_initial"),
        ("questionnaires", "0003_answers_from_files"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalquarantined",
            name="alert",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="questionnaires.riskalert",
            ),
        ),
        migrations.AddField(
            model_name="quarantined",
            name="alert",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="questionnaires.riskalert",
            ),
        ),
    ]
