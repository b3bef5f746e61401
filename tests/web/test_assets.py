"""What is vendored is what its list says, licensed, and enough."""

import hashlib
import re
from pathlib import Path

from django.conf import settings

VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"
SPRITE = VENDOR / "tabler-icons" / "3.51.0" / "sprite.svg"


def test_vendored_files_are_those_of_the_list():
    listed = dict(reversed(line.split("  ./", 1)) for line in (VENDOR / "SHA256SUMS").read_text().splitlines())
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }
    assert found == listed


def test_every_vendored_package_brings_its_licence():
    assert all(
        (version / "LICENSE").is_file()
        for package in VENDOR.iterdir()
        if package.is_dir()
        for version in package.iterdir()
    )


def test_every_icon_that_is_asked_for_is_drawn():
    drawn = set(re.findall(r'<symbol id="([a-z0-9-]+)"', SPRITE.read_text()))
    root = Path(settings.BASE_DIR)
    asked = set()
    for path in (root / "templates").rglob("*.html"):
        asked |= set(re.findall(r'{%\s*icon\s+"([a-z0-9-]+)"|with[^%]*\sicon="([a-z0-9-]+)"', path.read_text("utf-8")))
    for path in root.glob("*/handlers.py"):
        asked |= {
            (name, "") for name in re.findall(r'nav\.add\(.*?,\s*"[\w:-]+",\s*"([a-z0-9-]+)"', path.read_text("utf-8"))
        }
    names = {one or other for one, other in asked}
    assert len(names) > 30
    assert names <= drawn


def test_our_own_styles_and_scripts_fetch_nothing_from_elsewhere():
    for path in [*Path(settings.BASE_DIR).glob("static/css/*.css"), *Path(settings.BASE_DIR).glob("static/js/*.js")]:
        assert not re.search(r"https?://|@import|url\(\s*['\"]?//", path.read_text("utf-8")), path.name
