from django.db import migrations, models

VERSION = models.PositiveIntegerField(default=1, editable=False)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        *(
            migrations.AddField(model_name=name, name="version", field=VERSION)
            for name in ("team", "teammembership", "supervision", "dutyshift")
        ),
        migrations.AddField(
            model_name="team",
            name="closed_on",
            field=models.DateField(blank=True, help_text="From this day on nobody is accepted into it.", null=True),
        ),
    ]
