"""What happens to plan files: typing errors, pastes, other encodings, and what a hostile sender would try.

Every mutation is a function of the bytes of a file and a seeded generator.
"""

# ruff: noqa: E501 - lists of pieces

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable

NUMBERS = [
    "nan",
    ".nan",
    "inf",
    "-inf",
    ".inf",
    "Infinity",
    "1e400",
    "-1e400",
    "1e999999999",
    "1e-400",
    "9e15",
    "1e16",
    "-1",
    "0",
    "-0",
    "0.0",
    "1e308",
    "0x10",
    "0b1",
    "1_000",
    "1,000",
    "12,5",
    "1.2.3",
    "１２",
    "١٢",
    "1/2",
    "50%",
    "1e9",
    "1000000000",
    "99999999999999999999",
    "true",
    "null",
    "~",
    "5e-324",
    "2026-13-45",
    "-2147483649",
    "120万",
    "1.5亿",
    "½",
    "²",
    "1e5_0",
]
TEXTS = (
    "", " ", "\t", "\u00a0", "\u200b", "\u202e", "\ufeff", "\x00", "\x07", "\x1b[31m", "\u2028", "\ud7ff", "\U0010ffff", "a" * 5000,
    "е", "ѕ", "Ｒ１", "R１", "r1", "R1 ", "../../etc/passwd", "/etc/passwd", "C:\\x", "=1+1", "=cmd|' /C calc'!A0", "@SUM(1)",
    "'; DROP TABLE reps; --", "{{7*7}}", "%s%n", "${x}", "__class__", "id", "null", "NO", "2026-01-05", "05/01/2026", "::", ";;;", "A=",
    "=A", "A=1; A=1", '"', '"a', "a;b", "all", "cell", "target", "quota", "-", "--set", "#", "# x", "\\", "\r\n", "\r",
)  # fmt: skip
YAML_PIECES = (
    "[", "]", "{", "}", "- ", ": ", "? ", "| ", "> ", "&a ", "*a ", "<<: *a\n", "!!python/object/apply:os.system ['true']", "!!map ",
    "!x ", "%YAML 1.1\n", "---\n", "...\n", "\n  ", "\n", "\t", "'", '"', "#", "@", "`", "[" * 3000, "{a: " * 3000, "- " * 3000,
    "? " * 2000, "'" * 999, "&a [*a]", "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n", "!!binary aGk=", "!!float x", "0o17",
    "\n? [a]\n: b\n", "\nkey with spaces: 1\n", "\n__init__: 1\n", "\nmodel_fields: 1\n", "\nreps: 5\n", "\nrules:\n- 1\n- null\n",
    "\n- 1" * 120_000, "\nk: 1" * 110_000, ", 1" * 240_000,
)  # fmt: skip
CSV_PIECES = (",", '"', "\n", "\r", ";", "\t", ",,,,,,,,", '""', '"\n', "\x00", "，", "|", "id,", "\n\n\n", ",=1+1")
XML_PIECES = (
    b"<c/>", b'<c r="A1"/>', b'<c r="XFD1048576"><v>1</v></c>', b'<c r="ZZZZ9"><v>1</v></c>', b'<c t="e"><v>#REF!</v></c>', b"</row>",
    b'<c r="B2" t="s"><v>99999</v></c>', b'<c r="B2" t="s"><v>-1</v></c>', b'<c r="B2"><v>1e999</v></c>', b'<c r="B2"><v>x</v></c>',
    b'<c r="C2"><f>A1</f></c>', b'<c r="C2" t="d"><v>2026-02-30</v></c>', b'<c r="C2" t="b"><v>7</v></c>', b"&amp;", b"&#0;", b"&lol;",
    b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', b"<![CDATA[", b"<!--", b'<mergeCell ref="A1:C3"/>', b"\x00", b"\xff",
    b'<row r="2000000"><c r="A2000000"><v>1</v></c></row>', b'<is><t>x</t></is>', b"<v>", b'<sheet name="x" sheetId="9"/>',
)  # fmt: skip

Mutation = Callable[[bytes, random.Random], bytes]


def text_mutations(pieces: tuple[str, ...]) -> list[Mutation]:
    """Mutations of a text file whose marks are ``pieces``."""

    def put_piece(data: bytes, rng: random.Random) -> bytes:
        at = rng.randrange(len(data) + 1)
        return data[:at] + _encoded(rng.choice(pieces)) + data[at:]

    return [put_piece, put_piece, *_COMMON, change_number, change_number, change_word, change_word, change_value]


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def flip(data: bytes, rng: random.Random) -> bytes:
    """One byte is another."""
    if not data:
        return b"x"
    at = rng.randrange(len(data))
    return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]


def cut(data: bytes, rng: random.Random) -> bytes:
    """A stretch is gone."""
    start = rng.randrange(len(data) + 1)
    return data[:start] + data[start + rng.randrange(1, 80) :]


def truncate(data: bytes, rng: random.Random) -> bytes:
    """The end is gone."""
    return data[: rng.randrange(len(data) + 1)]


def repeat(data: bytes, rng: random.Random) -> bytes:
    """A stretch is there twice, or very often."""
    start = rng.randrange(len(data) + 1)
    piece = data[start : start + rng.randrange(1, 200)]
    times = rng.choice((2, 2, 2, 50))
    return data[:start] + piece * times + data[start:]


def lines_moved(data: bytes, rng: random.Random) -> bytes:
    """A line is elsewhere, gone, or there twice."""
    lines = data.split(b"\n")
    line = lines.pop(rng.randrange(len(lines)))
    for _ in range(rng.choice((0, 1, 2))):
        lines.insert(rng.randrange(len(lines) + 1), line)
    return b"\n".join(lines)


def indented(data: bytes, rng: random.Random) -> bytes:
    """A line starts further in or out."""
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    lines[at] = rng.choice((b" ", b"  ", b"\t", b"    ")) + lines[at] if rng.random() < 0.5 else lines[at].lstrip()
    return b"\n".join(lines)


def recoded(data: bytes, rng: random.Random) -> bytes:
    """Another encoding, another end of lines, a mark in front."""
    text = data.decode("utf-8", "replace")
    ways: list[Callable[[], bytes]] = [
        lambda: text.encode("utf-16"),
        lambda: text.encode("gb18030"),
        lambda: text.encode("latin-1", "replace"),
        lambda: b"\xef\xbb\xbf" + data,
        lambda: data.replace(b"\n", b"\r\n"),
        lambda: data.replace(b"\n", b"\r"),
        lambda: data.replace(b",", b";"),
    ]
    return rng.choice(ways)()


def change_number(data: bytes, rng: random.Random) -> bytes:
    """A number is a nasty one."""
    return _change(rb"(?<![\w.-])\d+(?:\.\d+)?(?![\w-])", data, rng, NUMBERS)


def change_word(data: bytes, rng: random.Random) -> bytes:
    """A word is a nasty text."""
    return _change(rb"[A-Za-z_][\w-]*", data, rng, TEXTS)


def change_value(data: bytes, rng: random.Random) -> bytes:
    """What stands after a colon or a comma is something else altogether."""
    return _change(rb"(?<=[:,] )[^,\n{}\[\]]+|(?<=,)[^,\n]+", data, rng, (*NUMBERS, *TEXTS, *YAML_PIECES))


def _change(pattern: bytes, data: bytes, rng: random.Random, by: tuple[str, ...] | list[str]) -> bytes:
    found = list(re.finditer(pattern, data))
    if not found:
        return data
    place = rng.choice(found)
    return data[: place.start()] + _encoded(rng.choice(by)) + data[place.end() :]


_COMMON: list[Mutation] = [flip, cut, truncate, repeat, lines_moved, indented, recoded]
YAML = text_mutations(YAML_PIECES)
CSV = text_mutations(CSV_PIECES)


def workbook(data: bytes, rng: random.Random) -> bytes:
    """A part of the workbook is damaged, or the file itself; parts are packed anew, so that their sums are right."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {info.filename: archive.read(info) for info in archive.infolist()}
    except Exception:  # damaged by a mutation before this one
        return flip(data, rng)
    if rng.random() < 0.15:
        return rng.choice((flip, cut, truncate, repeat))(data, rng)
    wanted = [name for name in parts if "sheet" in name or "shared" in name or rng.random() < 0.1]
    name = rng.choice(wanted)
    ways: list[Mutation] = [
        flip,
        cut,
        truncate,
        repeat,
        change_number,
        change_word,
        change_number,
        _cell,
        _cell,
        _piece,
    ]
    changed = rng.choice(ways)(parts[name], rng)
    if rng.random() < 0.05:
        parts.pop(name)
    else:
        parts[name] = changed
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return buffer.getvalue()


def _piece(data: bytes, rng: random.Random) -> bytes:
    """A piece of XML between two others."""
    places = [match.end() for match in re.finditer(rb">", data)] or [0]
    at = rng.choice(places)
    return data[:at] + rng.choice(XML_PIECES) + data[at:]


def _cell(data: bytes, rng: random.Random) -> bytes:
    """A cell says something else, as a text."""
    found = list(re.finditer(rb'<c r="([A-Z]+\d+)"[^>]*>(?:<v>[^<]*</v>)?</c>|<c r="([A-Z]+\d+)"[^>]*/>', data))
    if not found:
        return data
    place = rng.choice(found)
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f<>&\ud800-\udfff\ufffe\uffff]", "", rng.choice((*NUMBERS, *TEXTS)))
    name = place[1] or place[2]
    new = b'<c r="' + name + b'" t="inlineStr"><is><t>' + text.encode() + b"</t></is></c>"
    return data[: place.start()] + new + data[place.end() :]
