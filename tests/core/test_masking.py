from core.domain.masking import mask_detail, mask_name, mask_phone, mask_text


def test_enough_to_recognise_too_little_to_find():
    assert mask_name("王小明") == "王**"
    assert mask_name("AAS/ZFJF7mW0") == "A***"
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("12345") == "***45"
    assert mask_detail("科技园南路1号2栋3单元") == "科技园南路1***"
    assert mask_detail("文三路1号") == "文三***"
    assert mask_text("到了打13812345678,谢谢") == "到了打138****,谢谢"
    assert mask_text("送 3 件") == "送 3 件"
