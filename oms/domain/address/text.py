"""One spelling for what people paste: full-width forms, radicals that look like characters, traditional characters."""

import re
import unicodedata

# CJK radicals supplement: NFKC leaves these alone, yet they come out of PDFs in place of the character.
_RADICALS = (
    "⺌小⺟母⺠民⺩王⺮竹⺼月⻁虎⻄西⻅见⻆角⻉贝⻋车⻒飞⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼"
    "⻦鸟⻧卤⻨麦⻩黄⻬齐⻮齿⻰龙⻳龟"
)
# Traditional characters that occur in names of divisions, streets and labels; one to one, so positions stay.
_TRADITIONAL = (
    "東东縣县區区廣广門门龍龙陽阳陰阴蘇苏寧宁滬沪漢汉灣湾臺台雲云貴贵濟济瀋沈遼辽黃黄魯鲁閩闽瓊琼慶庆蘭兰"
    "烏乌齊齐爾尔濱滨長长吳吴蕪芜馬马銅铜陝陕鄭郑開开許许樂乐駐驻荊荆嶽岳張张懷怀婁娄頭头遠远賓宾來来欽钦"
    "瀘泸綿绵內内資资達达順顺畢毕麗丽臨临紅红納纳薩萨則则銀银鎮镇鄉乡鐵铁嶺岭島岛營营煙烟濰潍萊莱澤泽鄒邹"
    "諸诸壽寿膠胶嶗崂雙双綏绥鶴鹤雞鸡訥讷豐丰樺桦圖图們们渾浑蓮莲錦锦興兴鳳凤岡冈莊庄應应溫温嶼屿蕭萧紹绍"
    "義义奧奥環环餘余紀纪園园華华國国會会學学醫医樓楼號号條条橋桥場场廠厂業业農农發发團团連连師师軍军電电"
    "話话聯联繫系係系詳详細细碼码機机貨货訊讯備备註注編编郵邮單单棟栋層层間间廈厦陳陈劉刘楊杨趙赵孫孙馮冯"
    "蔣蒋韓韩鄧邓葉叶閻阎譚谭賈贾陸陆龔龚湯汤盧卢賴赖謝谢羅罗顧顾錢钱嚴严喬乔鐘钟鍾钟薑姜萬万範范棗枣榮荣"
    "滄沧贛赣撫抚饒饶鷹鹰閣阁麥麦賀贺鹽盐鹹咸隨随縉缙蘆芦麵面嚮向綠绿藍蓝藥药億亿峽峡潁颍渦涡歷历曆历瀾澜"
    "瀏浏灃沣滎荥鞏巩輝辉衛卫獲获潔洁顯显塊块鬆松檯台畫画舊旧鎢钨錫锡鋼钢鏡镜閘闸閔闵閱阅陣阵隴陇隱隐險险"
    "際际靜静韋韦將将錄录補补棲栖鄆郓鄲郸嶧峄費费郟郏澠渑櫟栎勳勋鄖郧漵溆漣涟瀟潇祿禄鑾銮潯浔懸悬壯壮彌弥"
    "貢贡維维蹟迹薊蓟寶宝灤滦欒栾晉晋絳绛離离嵐岚闊阔贊赞無无與与灘滩鵬鹏鑲镶絡络緣缘線线戶户裏里後后幹干"
    "樹树楓枫欖榄驛驿騰腾魚鱼鮮鲜鳥鸟鴨鸭鵝鹅鴻鸿黨党"
)
_MAP = {ord(pairs[i]): pairs[i + 1] for pairs in (_TRADITIONAL, _RADICALS) for i in range(0, len(pairs), 2)}
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202f\u2060\ufeff\x00-\x08\x0b-\x1f\x7f]")
_PICTURES = re.compile(r"[\u2190-\u2bff\u3030\ufe0e\ufe0f\U0001f000-\U0001faff]+")  # 📦 ☎️ ★: they only separate
_PLAIN = re.compile(r"[\u4e00-\u9fff0-9A-Za-z -]*")


def normalise(text: str) -> str:
    """The text in one spelling: NFKC, nothing invisible, no pictures, simplified characters as far as places need."""
    if not _PLAIN.fullmatch(text):
        text = _PICTURES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))
    return text.translate(_MAP)
