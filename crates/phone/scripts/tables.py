#!/usr/bin/env python3
"""Writes the tables of phone prefixes, and what the tests hold them to.

    tables.py            rewrites what is out of date
    tables.py --check    writes nothing; exits 1 and names the files that are out of date

The data are those of the PyPI packages `phonenumbers` (prefixes) and `tzdata` (which country a
zone lies in). What is compared is what the files hold, not their bytes: another zlib packs the
same text otherwise, and that is no reason for a new file.
"""

import argparse
import gzip
import pathlib
import sys
import zlib

try:
    import phonenumbers
    import tzdata
    from phonenumbers.geodata import GEOCODE_DATA
    from phonenumbers.geodata.locale import LOCALE_DATA
    from phonenumbers.tzdata import TIMEZONE_DATA
except ImportError as missing:
    sys.exit(f"tables.py: {missing}; run: pip install -r scripts/python-tools.txt")

CRATE = pathlib.Path(__file__).resolve().parent.parent
# The longest prefix that a table may hold; eleven to this power is less than 2^32.
PREFIX_DIGITS_MAX = 9
# An index into the distinct texts of a table is sixteen bits wide.
TEXTS_MAX = 1 << 16
# The share of the geographic prefixes of which the oracle has a made-up number: one in so many.
SAMPLE_STRIDE = 61
# What a made-up number has after its prefix. No plan gives these digits a meaning of their own.
SAMPLE_TAIL = "2345678"

# Where a description of +1 says no more than a state. The spellings of the data come first.
STATES = {
    "Alabama": "AL", "Alaska": "AK", "Arizona": "AZ", "Arkansas": "AR", "California": "CA",
    "Colorado": "CO", "Connecticut": "CT", "Delaware": "DE", "Florida": "FL", "Georgia": "GA",
    "Hawaii": "HI", "Idaho": "ID", "Illinois": "IL", "Indiana": "IN", "Iowa": "IA",
    "Kansas": "KS", "Kentucky": "KY", "Louisiana": "LA", "Maine": "ME", "Maryland": "MD",
    "Massachusetts": "MA", "Michigan": "MI", "Minnesota": "MN", "Mississippi": "MS",
    "Missouri": "MO", "Montana": "MT", "Nebraska": "NE", "Nevada": "NV", "New Hampshire": "NH",
    "New Jersey": "NJ", "New Mexico": "NM", "New York": "NY", "North Carolina": "NC",
    "North Dakota": "ND", "Ohio": "OH", "Oklahoma": "OK", "Oregon": "OR", "Pennsylvania": "PA",
    "Rhode Island": "RI", "South Carolina": "SC", "South Dakota": "SD", "Tennessee": "TN",
    "Texas": "TX", "Utah": "UT", "Vermont": "VT", "Virginia": "VA", "Washington State": "WA",
    "Washington": "WA", "Washington D.C.": "DC", "West Virginia": "WV", "Wisconsin": "WI",
    "Wyoming": "WY",
}
TERRITORIES = {
    "American Samoa": "AS", "Guam": "GU", "Northern Mariana Islands": "MP", "Puerto Rico": "PR",
    "U.S. Virgin Islands": "VI",
}
PROVINCES = {
    "Alberta": "AB", "British Colombia": "BC", "British Columbia": "BC", "Manitoba": "MB",
    "New Brunswick": "NB", "Newfoundland and Labrador": "NL", "Northwest Territories": "NT",
    "Nova Scotia": "NS", "Nunavut": "NU", "Ontario": "ON", "Prince Edward Island": "PE",
    "Quebec": "QC", "Saskatchewan": "SK", "Yukon": "YT",
}
SUBDIVISIONS = STATES | TERRITORIES | PROVINCES


def calling_code(digits):
    """The calling code that a prefix begins with. None begins another, so the first is it."""
    codes = (int(digits[:length]) for length in (1, 2, 3))
    return next((code for code in codes if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE), None)


def region_name(region):
    """What a country calls itself in English, or None."""
    names = LOCALE_DATA.get(region, {})
    name = names.get("en", "")
    # A star refers to the entry of another language.
    return (names.get(name[1:], "") if name.startswith("*") else name) or None


# The tables.


def varint(number):
    """Seven bits a byte, low ones first; the high bit says that another byte follows."""
    packed = bytearray()
    while number >= 0x80:
        packed.append(number & 0x7F | 0x80)
        number >>= 7
    packed.append(number)
    return bytes(packed)


def pack(texts_by_prefix):
    """A table as text to be compressed; `crates/phone/src/table.rs` describes and reads it."""
    steps, references, texts, places = [], [], [], {}
    before = ""
    for prefix, text in sorted(texts_by_prefix.items()):
        length = len(prefix)
        assert 0 < length <= PREFIX_DIGITS_MAX and prefix.isdecimal() and "\n" not in text, prefix
        reached = int(before.ljust(PREFIX_DIGITS_MAX, "0")[:length])
        steps.append(varint((int(prefix) - reached) * PREFIX_DIGITS_MAX + length - 1))
        if text not in places:
            places[text] = len(texts)
            texts.append(text)
            references.append(varint(0))
        else:
            references.append(varint(len(texts) - places[text]))
        before = prefix
    assert len(texts) < TEXTS_MAX
    body = "\n".join(texts).encode()
    return b"".join([varint(len(steps)), varint(len(texts)), *steps, *references, body])


def english():
    return {prefix: texts["en"] for prefix, texts in GEOCODE_DATA.items() if "en" in texts}


def geography():
    """Prefix -> description; a country's own name has the code of the country after a tab."""

    def text(prefix, description):
        countries = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[calling_code(prefix)]
        own = [country for country in countries if region_name(country) == description]
        return "\t".join([description, *own])

    return pack({prefix: text(prefix, name) for prefix, name in english().items()})


def zone_countries():
    """Zone -> country. An old name, which `zone.tab` lacks, is its calling code's country's."""
    table = pathlib.Path(tzdata.__file__).parent / "zoneinfo" / "zone.tab"
    rows = [row.split("\t") for row in table.read_text("utf-8").splitlines()]
    countries = {row[2]: row[0] for row in rows if not row[0].startswith("#")}
    for prefix, zones in sorted(TIMEZONE_DATA.items()):
        country = phonenumbers.region_code_for_country_code(calling_code(prefix) or 0)
        for zone in zones:
            if zone not in countries and country not in ("001", "ZZ"):
                countries[zone] = country
    return countries


def zone_lists():
    """Prefix -> zones with their countries, `America/Adak US&America/Anchorage US`."""
    countries = zone_countries()
    texts = {
        prefix: "&".join(f"{zone} {countries[zone]}" for zone in listed)
        for prefix, listed in TIMEZONE_DATA.items()
    }
    return pack(texts)


# The oracle: from the package's own dictionaries, by its own parser, and not from the tables.


def longest(table, digits):
    """What the longest prefix of `digits` in `table` says, or None."""
    lengths = range(len(digits), 0, -1)
    return next((table[digits[:length]] for length in lengths if digits[:length] in table), None)


def region(number):
    """Where the plan puts a number, or else the main country of its calling code, or nothing."""
    found = phonenumbers.region_code_for_number(number)
    found = found or phonenumbers.region_code_for_country_code(number.country_code)
    return "" if found in ("001", "ZZ") else found


def place(number, descriptions):
    """Country, state, city and zones of a number, blank where nothing is known."""
    digits = f"{number.country_code}{phonenumbers.national_significant_number(number)}"
    country = region(number)
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        return country, "", "", ""
    description = longest(descriptions, digits) or ""
    listed = "&".join(longest(TIMEZONE_DATA, digits) or ())
    state, city = "", description
    if number.country_code == 1:
        town, comma, code = description.rpartition(", ")
        if comma and code in SUBDIVISIONS.values():
            state, city = code, town
        elif all(name in SUBDIVISIONS for name in description.split("/")):
            # Several provinces that share a prefix are no city, and no one state.
            state, city = SUBDIVISIONS.get(description, ""), ""
        if country == "US" and state in PROVINCES.values():
            country = "CA"
    if city == region_name(country):
        city = ""
    return country, state, city, listed


def examples():
    """(text, region of its reader): an example of each type in each region, in each format."""
    types = phonenumbers.PhoneNumberType.values()
    formats = phonenumbers.PhoneNumberFormat
    for home in sorted(phonenumbers.SUPPORTED_REGIONS):
        found = [phonenumbers.example_number_for_type(home, kind) for kind in types]
        found.append(phonenumbers.invalid_example_number(home))
        for number in filter(None, found):
            # What begins with a plus is read the same wherever its reader is.
            yield phonenumbers.format_number(number, formats.E164), "US"
            yield phonenumbers.format_number(number, formats.INTERNATIONAL), "GB"
            yield phonenumbers.format_number(number, formats.NATIONAL), home
            yield phonenumbers.format_out_of_country_calling_number(number, "DE"), "DE"
    for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS):
        number = phonenumbers.example_number_for_non_geo_entity(code)
        yield phonenumbers.format_number(number, formats.E164), "US"
        yield phonenumbers.format_number(number, formats.INTERNATIONAL), "GB"


def samples():
    """(text, region of its reader) of a made-up number under every so many-eth prefix."""
    prefixes = sorted(english())[::SAMPLE_STRIDE]
    prefixes += sorted(TIMEZONE_DATA)[::3]
    for prefix in prefixes:
        home = phonenumbers.region_code_for_country_code(calling_code(prefix) or 0)
        example = phonenumbers.example_number(home)
        if example:
            length = len(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164))
            yield "+" + (prefix + SAMPLE_TAIL * 2)[: length - 1], "US"


def oracle():
    """Lines of text, region of its reader, E.164, region, country, state, city and `zone&zone`."""
    descriptions = english()
    bare = {name for prefix, name in descriptions.items() if prefix[0] == "1" and ", " not in name}
    lines = [f"# phonenumbers {phonenumbers.__version__}"]
    for text, reader in sorted({*examples(), *samples()}):
        try:
            number = phonenumbers.parse(text, reader)
        except phonenumbers.NumberParseException:
            continue
        if not phonenumbers.is_possible_number(number):
            continue
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        lines.append("\t".join([text, reader, e164, region(number), *place(number, descriptions)]))
    unused = {*STATES, *PROVINCES} - bare
    spare = {"Washington", "Northwest Territories", "Nova Scotia", "Nunavut"}
    spare |= {"Prince Edward Island", "Yukon"}
    assert unused == spare, f"the data spell a state in another way: {unused ^ spare}"
    return ("\n".join(lines) + "\n").encode()


# The files.


def gzipped(content):
    """Without a time or a name, so that the same content is the same file."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9)
    body = deflate.compress(content) + deflate.flush()
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    size = len(content) & 0xFFFFFFFF
    return head + body + zlib.crc32(content).to_bytes(4, "little") + size.to_bytes(4, "little")


def zlibbed(content):
    deflate = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, 9)
    return deflate.compress(content) + deflate.flush()


FILES = [
    ("data/geography.bin", geography, zlibbed, zlib.decompress),
    ("data/zones.bin", zone_lists, zlibbed, zlib.decompress),
    ("tests/oracle.tsv.gz", oracle, gzipped, gzip.decompress),
]


def is_current(path, content, unpack):
    try:
        return unpack(path.read_bytes()) == content
    except (OSError, EOFError, zlib.error):
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say what is out of date")
    is_check = parser.parse_args().check
    stale = 0
    for name, make, compress, unpack in FILES:
        content = make()
        path = CRATE / name
        if is_current(path, content, unpack):
            continue
        stale += 1
        shown = path.relative_to(CRATE.parent.parent)
        if is_check:
            print(f"tables.py: {shown} is out of date", file=sys.stderr)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(compress(content))
            print(f"tables.py: wrote {shown}")
    if is_check and stale:
        sys.exit("tables.py: run crates/phone/scripts/tables.py and read what the tests say")


if __name__ == "__main__":
    main()
