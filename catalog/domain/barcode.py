"""What a barcode may be. Pure."""

_GTIN_LENGTHS = {8, 12, 13, 14}  # EAN-8, UPC-A, EAN-13, ITF-14
MAX_LENGTH = 64


def check_digit(digits: str) -> int:
    """The last digit of a GTIN whose other digits are `digits`: weights 3 and 1 from the right, up to the next ten."""
    return -sum(int(digit) * (1 if at % 2 else 3) for at, digit in enumerate(reversed(digits))) % 10


def problem(code: str) -> str:
    """Why a gun could not read `code`: barcode_empty, barcode_characters, barcode_check_digit; '' when it may be used.

    A number as long as a GTIN must be one; a house code of other letters or another length is free.
    """
    if not code or len(code) > MAX_LENGTH:
        return "barcode_empty" if not code else "barcode_too_long"
    if not all("!" <= char <= "~" for char in code):  # what Code 128 and a keyboard wedge carry
        return "barcode_characters"
    if code.isdigit() and len(code) in _GTIN_LENGTHS and check_digit(code[:-1]) != int(code[-1]):
        return "barcode_check_digit"
    return ""
