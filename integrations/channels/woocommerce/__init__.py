"""WooCommerce over its webhooks and wc/v3."""

from integrations.channels import reading
from integrations.channels.adapter import Channel, plain_answer
from integrations.channels.woocommerce import delivery, generator, mapper, pull, shipback, signing

CHANNEL = Channel(
    key="woocommerce",
    name="WooCommerce",
    verify=signing.verify,
    delivery_key=delivery.delivery_key,
    context=delivery.context,
    probe=reading.probe,
    read=mapper.read,
    answer=plain_answer,
    sign=signing.sign,
    render=generator.render,
    ship_request=shipback.ship_request,
    ship_result=shipback.ship_result,
    pull=pull.PULLER,
    handshake=delivery.handshake,
)
