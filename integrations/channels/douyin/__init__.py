"""Douyin 抖店 (抖音电商)."""

from integrations.channels import reading
from integrations.channels.adapter import Channel
from integrations.channels.douyin import delivery, generator, mapper, pull, shipback, signing

CHANNEL = Channel(
    key="douyin",
    name="抖店",
    verify=signing.verify,
    delivery_key=delivery.delivery_key,
    context=delivery.context,
    probe=reading.probe,
    read=mapper.read,
    answer=delivery.answer,
    sign=signing.sign,
    render=generator.render,
    ship_request=shipback.ship_request,
    ship_result=shipback.ship_result,
    pull=pull.PULLER,
)
