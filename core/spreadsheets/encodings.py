"""Which encoding a text file is in: its mark, strict UTF-8, else a guess that names itself as one.

charset-normalizer is good at scripts other than Latin and poor at telling the Western code pages apart on the few
accents a table holds (a lone "£" becomes "Ł"). So Latin text is judged here: the code page wins under which the
fewest symbols and capitals stand inside words.
"""

import codecs
import re
from pathlib import Path

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from core.spreadsheets.errors import SpreadsheetError

CHUNK = 1024 * 1024
SAMPLE = 16 * 1024
MOST_SAMPLED = 8 * CHUNK

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LATIN = ("cp1252", "cp1250", "cp1254", "cp1257", "mac_roman", "cp850", "iso8859_2")
OTHER_SCRIPTS = (
    "cp1251", "koi8_r", "cp866", "iso8859_5", "cp1253", "iso8859_7", "cp1255", "cp1256",
    "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr",
)  # fmt: skip
# The letters beyond ASCII of one language each: a code page that needs two languages for one table is the wrong one.
ALPHABETS = tuple(
    frozenset(letters)
    for letters in (
        "àâæçéèêëîïôœùûüÿ", "äöüßé", "áéíñóúüºª", "ãáâàçéêíóôõúºª", "àèéìíîòóùú", "æøåéö", "åäöé", "áðéíóúýþæö", "éëïóöüèêá",
        "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž",
        "çğıöşüâîûi̇", "ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž",
    )
)  # fmt: skip
# Text codecs by name only: they turn plain ASCII into something else, or into what no database takes.
NOT_FOR_FILES = {"unicode-escape", "raw-unicode-escape", "utf-7", "idna", "punycode", "undefined", "mbcs", "oem"}

_HIGH = re.compile(rb"[\x80-\xff]")
_LONG_RUN = re.compile(rb"[\x80-\xff]{3,}")
_LINES_WITH_HIGH = re.compile(rb"[^\r\n]{0,400}[\x80-\xff][^\r\n]{0,400}")
_OUT_OF_PLACE = re.compile(
    r"(?<=[^\W\d_])[^\w\s'’‘´.\-‐‑·/&\x00-\x7f](?=[^\W\d_])|(?<=[a-zß-ÿ])[À-ÖØ-ÞŒŠŽŸ]|£(?=[^\W\d_])"
)
_LETTER = re.compile(r"[^\W\d_\x00-\x7f]")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")


def encoding_of(path: Path, named: str) -> tuple[str, bool]:
    """The codec to read a file with and whether it is a guess; `named` is a codec's name or "detect".

    `SpreadsheetError` where the name is unknown, contradicts the file's own mark, or nothing fits.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    marked = next((codec for mark, codec in MARKS if head.startswith(mark)), None)
    if named != "detect":
        return _named(named, marked), False
    if marked:
        return marked, False
    wide = _utf_16_without_mark(head)
    if wide:
        return wide, True
    return ("utf-8", False) if decodes(path, "utf-8") else (_guess(path), True)


def codec_named(name: str) -> str:
    """Python's name of a text encoding: "windows 1252" is "cp1252"; `SpreadsheetError` if it knows none such."""
    try:
        found = codecs.lookup(name.strip().replace(" ", "-")).name
        "a".encode(found)
    except (LookupError, ValueError):
        found = ""
    if not found or found.replace("_", "-") in NOT_FOR_FILES:
        raise SpreadsheetError(
            _("'%(name)s' is not an encoding this program knows. Write utf-8, windows-1252, latin-1, utf-16 or detect.")
            % {"name": name[:40]}
        )
    return found


def decodes(path: Path, codec: str) -> bool:
    """True if every byte of a file is valid in the codec; reads in pieces."""
    return first_undecodable(path, codec) is None


def first_undecodable(path: Path, codec: str) -> tuple[int, str] | None:
    """The line, from 1, of the first byte that a codec does not know, and the byte as "0x92"; None if all are valid."""
    decoder = codecs.getincrementaldecoder(codec)(errors="strict")
    line = 1
    with path.open("rb") as file:
        while True:
            piece = file.read(CHUNK)
            try:
                line += _line_breaks(decoder.decode(piece, final=not piece))
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(codec, errors="ignore")
                return line + _line_breaks(before), f"0x{error.object[error.start]:02X}"
            except UnicodeError:
                return line, "?"
            if not piece:
                return None


def _line_breaks(text: str) -> int:
    return text.count("\n") + (text.count("\r") - text.count("\r\n") if "\r" in text else 0)


def _named(name: str, marked: str | None) -> str:
    codec = codec_named(name)
    if marked is None:
        return codec
    family = codec.replace("_", "-").removesuffix("-sig").removesuffix("-le").removesuffix("-be")
    if marked.removesuffix("-sig") != family:
        raise SpreadsheetError(
            _("the file begins with the mark of %(marked)s, but the mapping says encoding '%(name)s'.")
            % {"marked": marked.removesuffix("-sig").upper(), "name": name}
        )
    return marked


def _utf_16_without_mark(head: bytes) -> str:
    """Every other byte of Western text in UTF-16 is zero, and no byte of an 8-bit text is."""
    even, odd = head[0::2], head[1::2]
    if len(odd) < 2:
        return ""
    if odd.count(0) > 0.5 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.5 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return ""


def _guess(path: Path) -> str:
    """The likeliest code page of a file that is not UTF-8."""
    sample = _sample(path)
    high = len(_HIGH.findall(sample))
    in_runs = sum(len(run) for run in _LONG_RUN.findall(sample))
    codecs_by_likelihood = _latin_codecs(sample)
    if in_runs > high / 2 or not codecs_by_likelihood:
        codecs_by_likelihood = [match.encoding for match in from_bytes(sample, cp_isolation=list(OTHER_SCRIPTS))]
    for codec in codecs_by_likelihood:
        if decodes(path, codec):
            return codec
    raise SpreadsheetError(
        _('the encoding of the file could not be recognised. Name it in the mapping: [file] encoding = "…".')
    )


def _sample(path: Path) -> bytes:
    """The lines that hold bytes beyond ASCII, from the first megabytes, a few thousand bytes of them."""
    found: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        for _piece in range(MOST_SAMPLED // CHUNK):
            for line in _LINES_WITH_HIGH.finditer(file.read(CHUNK)):
                found.append(line[0])
                size += len(line[0])
                if size > SAMPLE:
                    return b"\n".join(found)
    return b"\n".join(found)


def _latin_codecs(sample: bytes) -> list[str]:
    """Western code pages that can read the sample in running text, the likeliest first."""
    doubts: list[tuple[float, int, str]] = []
    high = len(_HIGH.findall(sample)) or 1
    for rank, codec in enumerate(LATIN):
        try:
            text = sample.decode(codec)
        except UnicodeDecodeError:
            continue
        if not _BINARY.search(text):
            doubts.append((_doubt(text) / high, rank, codec))
    return [codec for doubt, _rank, codec in sorted(doubts) if doubt < 0.5]


def _doubt(text: str) -> float:
    """Signs and capitals inside words, and letters that no one language has together, counted."""
    letters = [letter.lower() for letter in _LETTER.findall(text)]
    foreign = min(sum(letter not in alphabet for letter in letters) for alphabet in ALPHABETS)
    return len(_OUT_OF_PLACE.findall(text)) + foreign
