"""Makes static/fonts from the vendored web fonts: one TrueType file per weight, for PDFs and for measuring text.

For maintainers, after static/vendor/fonts has changed: `.venv/bin/python bin/make_fonts.py [FOLDER]`. Inter (no
reserved name in its licence) is cut from its variable files and joined: Latin, Latin extended, Greek. Source Serif is
only unpacked, because its licence reserves the name for unmodified fonts. With a FOLDER of Inter's full OpenType files
(Debian's package fonts-inter) also the supplement: Cyrillic, arrows, mathematics, shapes.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "static" / "vendor" / "fonts"
FONTS = ROOT / "static" / "fonts"
WEIGHTS = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold"}
SUBSETS = ("latin", "latin-ext", "greek")
SUPPLEMENT = ((0x400, 0x52F), (0x2010, 0x205E), (0x2070, 0x209C), (0x20A0, 0x20BF), (0x2150, 0x218B), (0x2190, 0x2BFF))
MADE_AT = 3_786_912_000  # a fixed moment in the font header, so that the same input gives the same bytes


def instance(subset: str, weight: int, taken: set[int]) -> TTFont:
    """One weight of one subset, without the characters that an earlier subset has."""
    font = instancer.instantiateVariableFont(TTFont(WEB / f"inter-{subset}-wght-normal.woff2"), {"wght": weight})
    font.flavor = None
    chosen = set(font.getBestCmap()) - taken
    options = Options(layout_features=["*"], name_IDs=["*"], notdef_outline=True, glyph_names=True)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=chosen)
    subsetter.subset(font)
    taken |= chosen
    return font


def name(font: TTFont, family: str, weight: int) -> None:
    """Family and style under which fontconfig finds the file."""
    style, table = WEIGHTS[weight], font["name"]
    table.names = [record for record in table.names if record.nameID in {0, 5, 13, 14}]
    is_basic = weight in {400, 700}
    legacy = {1: family if is_basic else f"{family} {style}", 2: style if is_basic else "Regular"}
    for number, text in {
        **legacy,
        3: f"{family} {style}",
        4: f"{family} {style}",
        6: f"{family}-{style}",
        16: family,
        17: style,
    }.items():
        table.setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight


def save(font: TTFont, path: Path) -> None:
    """Write with a fixed date."""
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = MADE_AT
    font.save(path)


def make_inter(weight: int) -> None:
    """Inter in one weight."""
    taken: set[int] = set()
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for subset in SUBSETS:
            part = Path(folder) / f"{subset}.ttf"
            instance(subset, weight, taken).save(part)
            parts.append(str(part))
        font = Merger().merge(parts)
    name(font, "Inter", weight)
    save(font, FONTS / f"Inter-{WEIGHTS[weight]}.ttf")


def make_supplement(folder: Path, weight: int) -> None:
    """What the web fonts leave out, under a name of its own to which fonts.conf falls back."""
    font = TTFont(folder / f"Inter-{WEIGHTS[weight]}.otf")
    missing = set(font.getBestCmap()) - set(TTFont(FONTS / f"Inter-{WEIGHTS[weight]}.ttf").getBestCmap())
    wanted = {code for first, last in SUPPLEMENT for code in range(first, last + 1)}
    spaces = {0x20, 0xA0}  # a space is set in the font of the character before it
    subsetter = Subsetter(Options(layout_features=["kern", "mark"], name_IDs=["*"], notdef_outline=True))
    subsetter.populate(unicodes=(missing & wanted) | spaces)
    subsetter.subset(font)
    name(font, "Inter Supplement", weight)
    save(font, FONTS / f"InterSupplement-{WEIGHTS[weight]}.otf")


def main() -> None:
    """All files and the licences beside them."""
    FONTS.mkdir(exist_ok=True)
    for weight in WEIGHTS:
        make_inter(weight)
    for weight in (400, 600):
        font = TTFont(WEB / f"source-serif-4-latin-{weight}-normal.woff2", recalcTimestamp=False)
        font.flavor = None
        font.save(FONTS / f"SourceSerif4-{WEIGHTS[weight]}.ttf")
    if len(sys.argv) > 1:
        for weight in (400, 600):
            make_supplement(Path(sys.argv[1]), weight)
    for licence in sorted(WEB.glob("LICENSE-*.txt")):
        shutil.copyfile(licence, FONTS / licence.name)


if __name__ == "__main__":
    main()
