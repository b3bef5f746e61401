"""One spelling for what people paste: full-width forms, radicals that look like characters, traditional characters."""

import re
import unicodedata

# CJK radicals supplement: NFKC leaves these alone, yet they come out of PDFs in place of the character.
_RADICALS = "⺌小⺟母⺠民⺩王⺮竹⺼月⻁虎⻄西⻅见⻆角⻉贝⻋车⻒飞⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻬齐⻮齿⻰龙⻳龟"
# Traditional characters that occur in names of divisions, streets and labels; one to one, so positions stay.
_TRADITIONAL = (
    "東东 縣县 區区 廣广 門门 龍龙 陽阳 陰阴 蘇苏 寧宁 滬沪 漢汉 灣湾 臺台 雲云 貴贵 濟济 瀋沈 遼辽 黃黄 魯鲁 閩闽 瓊琼 慶庆 蘭兰 烏乌 齊齐 爾尔 "
    "濱滨 長长 吳吴 蕪芜 馬马 銅铜 陝陕 鄭郑 開开 許许 樂乐 駐驻 荊荆 嶽岳 張张 懷怀 婁娄 頭头 遠远 賓宾 來来 欽钦 瀘泸 綿绵 內内 資资 達达 順顺 "
    "畢毕 麗丽 臨临 紅红 納纳 薩萨 則则 銀银 鎮镇 鄉乡 鐵铁 嶺岭 島岛 營营 煙烟 濰潍 萊莱 澤泽 鄒邹 諸诸 壽寿 膠胶 嶗崂 雙双 綏绥 鶴鹤 雞鸡 訥讷 "
    "豐丰 樺桦 圖图 們们 渾浑 蓮莲 錦锦 興兴 鳳凤 岡冈 莊庄 應应 溫温 嶼屿 蕭萧 紹绍 義义 奧奥 環环 餘余 紀纪 園园 華华 國国 會会 學学 醫医 樓楼 "
    "號号 條条 橋桥 場场 廠厂 業业 農农 發发 團团 連连 師师 軍军 電电 話话 聯联 繫系 係系 詳详 細细 碼码 機机 貨货 訊讯 備备 註注 編编 郵邮 單单 "
    "棟栋 層层 間间 廈厦 陳陈 劉刘 楊杨 趙赵 孫孙 馮冯 蔣蒋 韓韩 鄧邓 葉叶 閻阎 譚谭 賈贾 陸陆 龔龚 湯汤 盧卢 賴赖 謝谢 羅罗 顧顾 錢钱 嚴严 喬乔 "
    "鐘钟 鍾钟 薑姜 萬万 範范 棗枣 榮荣 滄沧 贛赣 撫抚 饒饶 鷹鹰 閣阁 麥麦 賀贺 鹽盐 鹹咸 隨随 縉缙 蘆芦 麵面 嚮向 綠绿 藍蓝 藥药 億亿 峽峡 潁颍 "
    "渦涡 歷历 曆历 瀾澜 瀏浏 灃沣 滎荥 鞏巩 輝辉 衛卫 獲获 潔洁 顯显 塊块 鬆松 檯台 畫画 舊旧 鎢钨 錫锡 鋼钢 鏡镜 閘闸 閔闵 閱阅 陣阵 隴陇 隱隐 "
    "險险 際际 靜静 韋韦 將将 錄录 補补 棲栖 鄆郓 鄲郸 嶧峄 費费 郟郏 澠渑 櫟栎 勳勋 鄖郧 漵溆 漣涟 瀟潇 祿禄 鑾銮 潯浔 懸悬 壯壮 彌弥 貢贡 維维 "
    "蹟迹 薊蓟 寶宝 灤滦 欒栾 晉晋 絳绛 離离 嵐岚 闊阔 贊赞 無无 與与 灘滩 鵬鹏 鑲镶 絡络 緣缘 線线 戶户 裏里 後后 幹干 樹树 楓枫 欖榄 驛驿 騰腾 "
    "魚鱼 鮮鲜 鳥鸟 鴨鸭 鵝鹅 鴻鸿 黨党 "
).split()
_MAP = {ord(pair[0]): pair[1] for pair in (*_TRADITIONAL, *(_RADICALS[i : i + 2] for i in range(0, len(_RADICALS), 2)))}
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202f\u2060\ufeff\x00-\x08\x0b-\x1f\x7f]")
_PLAIN = re.compile(r"[\u4e00-\u9fff0-9A-Za-z -]*")


def normalise(text: str) -> str:
    """The text in one spelling: NFKC, no invisible characters, simplified where a place or a label is concerned."""
    if not _PLAIN.fullmatch(text):
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return text.translate(_MAP)
