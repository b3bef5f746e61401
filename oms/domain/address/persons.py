"""Is this the receiver's name? Chinese names by surname, given name and what stands around them."""

import re
from collections.abc import Sequence
from functools import lru_cache

from oms.domain.address.table import table

# By frequency in the population; the first line covers about four fifths of it.
COMMON = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖"
    "贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
RARE = frozenset(
    "温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路"
    "游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬"
    "边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位"
    "厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修"
    "傅常洪赖萧阎诸昌凤酆贝经钮滑荀羿汲邴糜松弓牧宓蓬郗仰秋暴钭韶蓟怀鄂籍莘贡逄扶堵宰郦郤璩濮寿郏充习宦鱼慎庾暨弘广禄殳沃蔚越夔融訾毋养须"
    "巢蒯竺益桓督缑郈琴汝钦佴伯墨谯年爱牙甫尼才措卯代候祥展禤税贵潭凡雒仡斛宛占芶晓"
    "邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"
)
_COMPOUND = re.compile(
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|"
    "濮阳|公冶|太叔|申屠|公孙|慕容|仲孙|钟离|长孙|宇文|司徒|鲜于|司空|令狐|百里|呼延|东郭|南门|"
    "西门"
)
TITLE = re.compile(r"(?:先生|女士|小姐|太太|老师|经理|老板|医生|师傅|同学|阿姨|叔叔|大哥|大姐|夫人)$")
_TAIL = re.compile(r"(?:\(?收\)?|\(.*\)|亲启|亲收)$")
_CHINESE = re.compile(r"[\u4e00-\u9fff*·]+")
_LATIN = re.compile(r"[A-Za-z][A-Za-z .'-]{1,19}")
# Characters that end places. A name may hold one (朱元, 邹市明), hardly as its last.
_PLACE_LAST = frozenset("省市区县镇乡村路街道巷弄号楼室栋幢层座厂店院馆所局部司园城厦场苑桥站门侧边内组队屯社段期庄")
_PLACE_WORDS = re.compile(
    r"高新|江南|江北|河西|河东|金融|万达|万科|石油|方正|白云|金山|金沙|龙湖|文化|文明|和平|康乐|安康|平安|向阳|成功|长春|华联|"
    r"国际|中心|广场|花园|公司|集团|大厦|大学|医院|学校|宾馆|酒店|超市|百货|电联|快递|驿站|柜$|货"
)
_SURELY_NOT = re.compile(r"[不请勿放送打谢急快付签收件门柜到周末上下午]|工作|电话|小[区镇]|花|湾|[区县镇]$")
_OF_TWO_AT_END = re.compile(
    r"(?<=[\d号室楼栋幢店层组村])(?![号室楼栋幢店层组村])[\u4e00-\u9fff]{2,6}·[\u4e00-\u9fff]{2,8}$"
)
_GIVEN = frozenset(
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲华红玉萍鹏飞鑫波斌宇浩凯健俊帆雪荣新林峰建国志云梅海东龙雷成龙琴凤洁梦琪佳欣怡雨桐"
    "子涵浩然思远宁博雅婷颖莹琳慧巧美娟淑惠珠翠香月莺媛瑞凡嘉琼勤珍贞莉莎锦黛青倩婉娴瑾露瑶怡婵雁蓓纨仪荷丹蓉眉君琴蕊薇菁岚苑婕馨瑗琰韵融园艺咏卿聪澜"
    "纯毓悦昭冰爽琬茗羽希欣飘育滢馥筠柔竹霭凝晓欢霄枫芸菲寒伊亚宜可姬舒影荔枝思丽秀飘才发武利清诚先敬震振壮会思群豪心邦承乐绍功松善厚庆民友裕河哲江"
    "亮政谦亨奇固之轮翰朗伯宏言若鸣朋斌梁栋维启克伦翔旭鹏泽晨辰士以建家致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘正阳春夏秋冬学义权生根福禄寿喜财旺仁礼智信忠"
)
_NATURAL_END = re.compile(
    r"(?:[0-9A-Za-z#)-]|[号楼室栋幢层座元铺厂店院馆所局部校学司园城厦场苑府庄站口门旁侧边米面内组队屯地段期村区镇联处心织堂居里巷弄路街道线柜厅北南东西房户寓械])$"
)


def find_name(parts: Sequence[str], sure: bool = True) -> tuple[int, str] | None:
    """Which part is a person, and the name in it; with `sure` (a phone was there) less proof is asked."""
    scored = [(_person(part, i in (0, len(parts) - 1)), -i) for i, part in enumerate(parts)]
    best, at = max(scored)
    return (-at, _TAIL.sub("", parts[-at])) if best >= (4.0 if sure else 7.0) else None


def stands_for_name(part: str) -> bool:
    """May this part be a name without a surname (格桑卓玛) or a county's (陆川)? Asked of what stands beside the phone
    when no other part is a name."""
    if len(part) == 2 and _place(part):
        return _surname(part) > 0
    return len(part) in (3, 4) and _person(part, False) > 0 and not _SURELY_NOT.search(part)


def name_at_end(text: str) -> str:
    """A name glued to the end of an address, or the whole of a short text."""
    if 2 <= len(text) <= 4 and _person(text, True) >= 4.0:
        return text
    if of_two := _OF_TWO_AT_END.search(text):
        return of_two.group()
    title = TITLE.search(text)
    end = title.start() if title else len(text)
    best, found = 0.0, ""
    for length in (1, 2, 3, 4) if title else (2, 3, 4):
        tail, head = text[max(0, end - length) : end], text[: max(0, end - length)]
        if len(tail) < length or not (head or title):
            break
        score = _glued(tail, head)
        if title and not _COMPOUND.fullmatch(tail):
            score -= sum(1.0 for ch in tail[1:] if ch not in _GIVEN)  # before 先生 a surname alone is the rule
        if score > best:
            best, found = score, text[end - length :]
    return found if best >= (3.0 if title else 3.5) else ""


def name_at_start(text: str) -> str:
    """A name glued to the front of an address: surname, one to three characters, then a place."""
    if _opens_with_places(text):
        return ""
    best, found = 0.0, ""
    for length in (2, 3, 4):
        head, rest = text[:length], text[length:]
        ahead = _place_ahead(rest) if _surname(head) else 0.0
        score = _person(head, True) + ahead
        if ahead and score >= 7.0 and score > best:
            best, found = score, head
    return found


def _person(part: str, outer: bool) -> float:
    """How much a separate part looks like a person; 0 is not at all."""
    name = _TAIL.sub("", part)
    if _LATIN.fullmatch(name):
        return 4.0
    bare = TITLE.sub("", name)
    titled = bare != name
    if not _CHINESE.fullmatch(bare) or len(bare) > (12 if "·" in bare else 4) or not bare.strip("*·"):
        return 0.0
    if _place(bare) and not (titled and _COMPOUND.fullmatch(bare)):  # 东方老师
        return 0.0
    surname = _surname(bare)
    place = _PLACE_WORDS.search(bare)
    if not titled and (
        (place and not (surname and place.start() and len(bare) == 3)) or (not surname and _SURELY_NOT.search(bare))
    ):
        return 0.0  # 万达广场, 放门口; but 李河东
    score = {1: 1.5, 2: 3.0, 3: 3.0, 4: 1.0}.get(len(bare), 1.0) + (1.0 if outer else 0.0) + surname
    if not titled and bare[-1] in _PLACE_LAST:
        score -= 1.5 if surname and len(bare) == 3 else 6.0
    return score + (3.0 if titled else 0.0) + (2.0 if "*" in bare else 0.0) + (4.0 if "·" in bare else 0.0)


def _surname(name: str) -> float:
    if len(name) >= 2 and _COMPOUND.match(name):
        return 4.0
    return 3.0 if name[:1] in COMMON else 1.5 if name[:1] in RARE else 0.0


def _glued(tail: str, head: str) -> float:
    """How well a text splits into address and name here."""
    surname = _surname(tail)
    if not surname or not _CHINESE.fullmatch(tail) or (_place(tail) and surname < 4.0) or _PLACE_WORDS.search(tail):
        return 0.0
    if (len(tail) == 4 and surname < 4.0) or (len(tail) > 1 and tail[-1] in _PLACE_LAST):
        return 0.0
    score = surname + sum(0.5 for ch in tail[1:] if ch in _GIVEN)
    if not head or _NATURAL_END.search(head):
        score += 2.0
    elif head[-1] in COMMON:
        score -= 2.0
    return score


@lru_cache(maxsize=4096)
def _place(name: str) -> bool:
    """A place, or two in a row (金华武义)."""
    exists = table().automaton.exists
    return bool(exists(name)) or (len(name) == 4 and bool(exists(name[:2]) and exists(name[2:])))


def _opens_with_places(text: str) -> bool:
    """江西吉安吉州…: two places in a row, whatever surname the first character is."""
    exists = table().automaton.exists
    return any(
        exists(text[:first]) and any(exists(text[first : first + second]) for second in range(2, 8))
        for first in range(2, 8)
    )


def _place_ahead(text: str) -> float:
    """Does a place open this text? Whole names of two characters and more count by their length."""
    automaton = table().automaton
    lengths = [length for length in range(2, 9) if automaton.exists(text[:length])]
    return 1.0 + min(3, max(lengths) - 1) if lengths else 0.0
