"""Made-up receivers and the ways people paste them."""

PASTES = (
    "{name}，{phone}，{address}",
    "{address} {name} {phone}",
    "{name} {phone} {address}",
    "收货人: {name}\n手机号码: {phone}\n所在地区: {region}\n详细地址: {street}",
    "收货人:{name} 手机号:{phone} {address}",
    "{name}{phone}{address}",
    "{address}{name}{phone}",
    "{address} {phone} {name}",
    "地址：{address} 收件人：{name} 电话：{phone}",
    "{name},86-{phone},{address},000000",
    "{address}，收件人：{name}，电话：{spaced}",
    "姓名: {name} 电话: {phone} 地址: {address}",
    "{phone}{name}{address}",
    "收件人{name} 电话{phone} 地址{address}",
    "{address}({name}收){phone}",
    "{name}\t{phone}\t{address}",
    "{name}；+86 {dashed}；{address}",
    "寄：{address}，{name}，{phone}",
    "【收货人】{name}【电话】{phone}【地址】{address}",
    "收件人：{name}（{phone}） 地址：{address}",
    "{address} ({name} {phone})",
    "{address}-{name}-{phone}",
    "{address} 收件人 {name} {phone}",
    "{address}{name}(收){phone}",
    "1.{name} {phone} {address}",
    "TO：{name} {phone} {address}",
)
NAMES = (
    *("李建军", "王秀兰", "欧阳震华", "陈杰", "赵先生", "郑欣怡"),
    *("邹市明", "朱元", "司马青", "孙女士", "何平", "罗志强"),
)
PHONES = ("13812345678", "19900001111", "15000000000", "17712349876")
# (region, street, code)
RECEIVERS = (
    ("浙江省杭州市西湖区", "文三路478号华星大厦9楼901室", "330106"),
    ("江苏省苏州市昆山市", "花桥镇绿地大道1号3栋2单元", "320583"),
    ("广东省深圳市南山区", "粤海街道科技园南区R2-B栋5层", "440305"),
    ("四川省成都市双流区", "西航港街道长城路二段188号", "510116"),
    ("北京市朝阳区", "望京街道阜通东大街6号院", "110105"),
    ("重庆市渝中区", "解放碑街道民权路28号", "500103"),
    ("新疆维吾尔自治区昌吉回族自治州昌吉市", "北京南路12号", "652301"),
    ("广东省东莞市", "虎门镇连升路58号", "441900"),
    ("河南省济源市", "沁园街道文昌路66号", "419001"),
    ("内蒙古自治区包头市昆都仑区", "钢铁大街甲9号", "150203"),
    ("浙江省杭州市江干区", "九堡街道九环路31号", "330102"),
    ("上海市闸北区", "共和新路1988号", "310106"),
)


def paste(template: str, region: str, street: str, name: str, phone: str) -> str:
    return template.format(
        name=name,
        phone=phone,
        region=region,
        street=street,
        address=region + street,
        spaced=f"{phone[:3]} {phone[3:7]} {phone[7:]}",
        dashed=f"{phone[:3]}-{phone[3:7]}-{phone[7:]}",
    )
