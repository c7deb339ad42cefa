"""Accounts at marketplaces are found by a hash: their ids are no other merchant's to read."""

from typing import Any

from django.db import migrations, models

from accounts.services import key_hmac


def fill(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    """Enter every live connection anew; run again it changes nothing."""
    connections = apps.get_model("orders", "ChannelConnection")._base_manager
    lookups = apps.get_model("orders", "ChannelAccountLookup").objects
    live = connections.exclude(status="ended").exclude(account="").select_related("channel")
    for connection in live.iterator(chunk_size=500):
        lookups.get_or_create(
            account_hmac=key_hmac(f"{connection.channel.kind}:{connection.account}"),
            defaults={
                "merchant_id": connection.merchant_id,
                "connection_id": connection.pk,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("orders", "0011_channel_push_addresses")]

    operations = [
        migrations.DeleteModel(name="ChannelAccountLookup"),
        migrations.CreateModel(
            name="ChannelAccountLookup",
            fields=[
                (
                    "account_hmac",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("merchant_id", models.BigIntegerField()),
                ("connection_id", models.BigIntegerField(unique=True)),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
