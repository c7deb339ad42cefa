"""Each connection has a push address of its own; nothing unproved is kept any more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0010_sorted_lists"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChannelPushLookup",
            fields=[
                ("token_hmac", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("merchant_id", models.BigIntegerField()),
                ("connection_id", models.BigIntegerField(unique=True)),
            ],
        ),
        migrations.DeleteModel(
            name="ChannelPush",
        ),
        migrations.AddField(
            model_name="channelconnection",
            name="push_token",
            field=models.CharField(blank=True, max_length=60),
        ),
    ]
