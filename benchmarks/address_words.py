"""Words for made-up receivers: streets and buildings that borrow the names of other places, people, phones, pastes.

Written down apart from the parser's own lists, so that the figures measure reading and not agreement with itself.
"""

import random
import re


def _words(text: str) -> list[str]:
    return text.split()


ROADS = _words("""
    人民路 解放东路 建设路 中山路 北京路 南京东路 上海路 江北大道 天津街 长江路 黄河西路 朝阳街 西湖大道 新华路
    和平里 文化路 工农巷 体育场北路 滨江南路 迎宾大道 重庆中路 青年路 延安二路 学府路 站前街 东风大街 广场南路
    南海大道 珠江路 金城路 开元大道 五一路 胜利胡同 环城西路 府前街 淮海路 太湖大道 复兴路 民主街 光明路 鼓楼大街
    杭州路
""")
ESTATES = _words("""
    阳光花园 万科城 绿地世纪城 碧桂园 金色家园 锦绣江南 山水人家 御景湾 中央公馆 恒大名都 书香门第 汇景新城
    水岸帝景 南国花园 东方明珠小区 世纪公寓 幸福里 丽景苑 西湖花园 龙湖天街
""")
PLACES = _words("""
    农业银行 沙县小吃店 兰州拉面馆 重庆火锅 浙江商会大厦 中心医院 第一中学 新华书店 菜鸟驿站 汽车站 火车站对面
    万达广场 银泰百货 市政府大院 中国石化加油站 家电市场 建材城 物流园 兴旺超市 创业大厦 科技产业园 华联商厦 邮政局
    体育馆 实验小学 人民医院住院部 阿里中心 软件园二期
""")
VILLAGES = _words("""
    幸福村 王家庄 东湾村 上河村 李家屯 红星村 新民村 后坝村 小桥社区 大石头村 三里庙 泉塘村
""")
# What streets, buildings and shops called after some other place go on with.
BORROWED = _words("""
    路12号 大道88号 街5号 东路18号 南街9号 一路3号 巷7号 中路100号 大街21号 北路6号院 花园3栋
    小区5幢2单元 大厦18楼 广场A座 宾馆 大酒店 商会大厦 新村12号 公馆2栋 国际城8栋 银行对面 小吃店 特产店
    饭店旁 建材市场 家居城 会馆 商贸城3区
""")
NOTES = _words("""
    放门口 不要到付 周末送货 请打电话 谢谢 勿放快递柜 到了打电话 工作日送
""")

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范"
    "方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文欧阳庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛"
)
COMPOUND = _words("""
    欧阳 司马 诸葛 上官 皇甫 慕容 令狐 东方 尉迟 夏侯 公孙 长孙 宇文 司徒 端木
""")
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉萍红玲芬燕彬辉斌梅琳晶欣云帆雪莹倩婷宇浩轩梓涵子墨雨泽一诺思远嘉怡俊熙佳慧锦鹏飞翔"
    "海波建国志文学民光荣春生福贵根水木森林山川江河湖田禾苗竹松柏晓东南西北中正义仁礼智信忠孝和顺安康宁静远达成功立业永久长青少卿若兰如意可儿"
)
TITLES = _words("""
    先生 女士 小姐 老师 经理 阿姨 老板 师傅
""")
PEOPLES_NAMES = _words("""
    买买提·艾力 阿依古丽·吐尔逊 古丽娜尔·买买提 艾尼瓦尔·阿不都拉 扎西·顿珠 卓玛·央金 迪丽热巴·迪力木拉提
    阿卜杜拉·麦麦提 努尔兰·哈力克 巴特尔 其其格 格桑卓玛
""")
FOREIGN_NAMES = ("John Smith", "Tom", "Mary Lee", "David Wang", "Lisa", "Michael Chen", "Jenny")

# One template a line; \n and \t stand for themselves.
PASTES = [
    line.replace(r"\n", "\n").replace(r"\t", "\t")
    for line in r"""
{name}，{phone}，{address}
{name} {phone} {address}
{address} {name} {phone}
{address} {phone} {name}
{address}，{name}，{phone}
{phone} {name} {address}
{phone}，{address}，{name}
{name}{phone}{address}
{address}{name}{phone}
{name}\n{phone}\n{address}
{address}\n{name} {phone}
{name}\t{phone}\t{address}
收货人：{name}\n手机号码：{phone}\n详细地址：{address}
收件人: {name} 电话: {phone} 地址: {address}
收货人:{name},联系电话:{phone},收货地址:{address}
姓名：{name}；手机：{phone}；地址：{address}
地址：{address} 收件人：{name} 电话：{phone}
联系人 {name} 电话 {phone} 地址 {address}
收货人: {name}\n手机号码: {phone}\n所在地区: {region}\n详细地址: {street}
{address}（{name}收）{phone}
寄到 {address} {name} {phone}
📦{name} ☎️{phone} 🏠{address}
【{name}】【{phone}】【{address}】
{name}|{phone}|{address}
{name}/{phone}/{address}
1、{name} {phone} {address}
{name} {phone}\n\n{address}
{address}；{name}；{phone}；{note}
{name}，{phone}，{address}，{zip}
快递信息：{address} {name} {phone}
{name}（{phone}）{address}
{region} {street} {name} {phone}
收件人：{name}\n联系方式：{phone}\n收件地址：{address}\n{note}
{name},{phone},{region},{street}
{address}  {name}  {phone}  {note}
手机{phone}收件人{name}地址{address}
""".strip().splitlines()
]


def street(dice: random.Random) -> str:
    """A street, an estate or a village with its numbers; never the name of a town."""
    number = dice.randrange(1, 1200)
    room = dice.randrange(101, 2900)
    door = dice.choice(
        ("{a}栋{b}单元{room}室", "{a}幢{room}", "{a}-{b}-{room}", "A座{a}楼", "{b}号楼{room}", "", "")
    ).format(a=dice.randrange(2, 40), b=dice.randrange(1, 6), room=room)
    kind = dice.random()
    if kind < 0.45:
        return f"{dice.choice(ROADS)}{number}号{dice.choice((*ESTATES, *PLACES, '', '', ''))}{door}"
    if kind < 0.65:
        return f"{dice.choice(ROADS)}与{dice.choice(ROADS)}交叉口{dice.choice(PLACES)}{door}"
    if kind < 0.85:
        return f"{dice.choice(ESTATES)}{door or '3栋'}"
    return f"{dice.choice(VILLAGES)}{dice.randrange(1, 20)}组{dice.choice(('', str(number) + '号'))}"


def person(dice: random.Random) -> str:
    kind = dice.random()
    if kind < 0.03:
        return dice.choice(PEOPLES_NAMES)
    if kind < 0.06:
        return dice.choice(FOREIGN_NAMES)
    surname = dice.choice(COMPOUND) if kind < 0.10 else dice.choice(SURNAMES)
    if kind < 0.25:
        return surname + dice.choice(TITLES)
    return surname + "".join(dice.choice(GIVEN) for _ in range(1 if kind < 0.5 else 2))


def phone(dice: random.Random) -> tuple[str, str, str]:
    """`(as pasted, number, extension)`."""
    mobile = f"1{dice.choice('3456789')}{dice.randrange(10**9):09d}"
    extension = f"{dice.randrange(10**4):04d}"
    area = dice.choice(("021", "0571", "0755", "010", "028", "0512", "0431"))
    landline = f"{area}-{dice.randrange(2, 9)}{dice.randrange(10**7):07d}"
    kind = dice.random()
    if kind < 0.60:
        return mobile, mobile, ""
    if kind < 0.76:
        parts = (mobile[:3], mobile[3:7], mobile[7:])
        return dice.choice((" ", "-")).join(parts), mobile, ""
    if kind < 0.86:
        return dice.choice(("+86 ", "86-", "+86", "(+86)", "0086 ")) + mobile, mobile, ""
    if kind < 0.95:
        return f"{mobile}{dice.choice(('-', '转', ' 转 ', '#'))}{extension}", mobile, extension
    return landline, landline, ""


def wide(text: str) -> str:
    """Digits, letters and commas as a Chinese keyboard in full-width mode writes them."""
    return re.sub(r"[0-9A-Za-z,:]", lambda m: chr(ord(m.group()) + 0xFEE0), text)
