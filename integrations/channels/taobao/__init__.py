"""Taobao and Tmall over TOP (淘宝开放平台) and 奇门."""

from integrations.channels import reading
from integrations.channels.adapter import Channel
from integrations.channels.taobao import delivery, generator, mapper, pull, shipback, signing

CHANNEL = Channel(
    key="taobao",
    name="淘宝天猫",
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
