"""Names of neurons that would hurt, were they ever taken for anything but data.

ACCEPTED names compile and come back as they are, but for the whitespace around them,
which no table of synapses means. REFUSED names cannot be told on a screen or in a text.
"""

from __future__ import annotations

import builtins
import keyword
import unicodedata

TOUCH = "__import__('os').system('touch PWNED')"

ACCEPTED: dict[str, list[str]] = {
    "keywords": [*keyword.kwlist, *keyword.softkwlist],
    "builtins": [name for name in dir(builtins) if name.islower()][:24],
    "dunders": "__init__ __class__ __dict__ __import__ __name__ __doc__ __".split(),
    "quotes": ["'", '"', "''", '""', "a'b", 'a"b', "'\"'", '"\'"', "`", "\u2018\u201d"],
    "triple quotes": ['"""', "'''", '""""""', 'a"""b', f'"""\n{TOUCH}\n"""', '\\"""'],
    "backslashes": ["\\", "\\\\", "a\\", "\\n", "\\x00", "\\N{BULLET}", "\\u", '\\"'],
    "lines": ["a\nb", "a\r\nb", "a\rb", f"a\n{TOUCH}\nb", "a\n\nb", "a\n# fmt: on\nb"],
    "separators": ["a\u2028b", "a\u2029b", "a\tb", "a\t\tb", "a,b", "a;b", "a|b"],
    "jinja": [
        "{{ 7*7 }}",
        "{% raw %}",
        "{# x #}",
        "{{",
        "}}",
        "%}",
        "{%- if x %}",
        "{#",
    ],
    "shell": [
        "$(touch PWNED)",
        "`touch PWNED`",
        "${HOME}",
        "; touch PWNED",
        "&& x",
        "!!",
    ],
    "python": [TOUCH, f"'+{TOUCH}+'", f'"+{TOUCH}+"', f'"]; {TOUCH}; ["', "lambda: 0"],
    "formats": ["{TOUCH}", "{0}", "{}", "{{}}", "%s", "%(x)s", "{x!r:>{y}}", "f'{x}'"],
    "comments": ["#", "# x", "a # noqa", "# type: ignore", "#!/bin/sh", "% a", "-- x"],
    "directions": [
        "\u202eabc",
        "a\u202eb\u202c",
        "\u2066a\u2069",
        "\u05d0\u05d1",
        "\u200f",
    ],
    "zero width": ["a\u200db", "\u2060", "a\u00adb"],
    "astral": ["\U0001f41b", "\U0001f468\u200d\U0001f52c", "\U00010348", "\U0010ffff"],
    "no characters": ["\ufffe", "\uffff", "\ufffd", "\ue000", "\ufdd0"],
    "composition": [
        unicodedata.normalize("NFC", "\u00e9\u1e69"),
        *("\u00c5", "\ufb01", "\u00df", "\u0130", "\u0131"),
    ],
    "digits": [
        "0",
        "1",
        "01",
        "001",
        "-1",
        "+1",
        "1e5",
        "0x10",
        "1_000",
        "\u0661",
        "1.0",
    ],
    "large numbers": [str(2**53), str(2**53 + 1), str(2**63), str(2**64), "9" * 400],
    "spaces": ["a b", "a  b", "a   b", "a\u00a0b", "a\u3000b", " ".join("abcdefgh")],
    "around": [" before", "after ", "\ttab", "line\n", "\u00a0wide\u2003"],
    "paths": ["/etc/passwd", "../x", "C:\\x", "a/b", "~", ".", "..", "file:///x", "*"],
    "html": ["<script>", "<b>&amp;</b>", "<!--", "]]>", "&lt;", "<?php"],
    "sql": ["'; DROP TABLE x; --", "1 OR 1=1", '" or ""="', "\\'; --"],
    "spreadsheets": ["=cmd|' /C calc'!A0", "@SUM(1)", "+1+1", "-2+3", "=1+1", "'=1"],
    "long": ["x" * 10_000, "\U0001f41b" * 10_000, '"' * 10_000, "a " * 5_000 + "a"],
    "tables": "OPTIONS LEVELS CHEMICAL ELECTRICAL FEEDBACK UNUSED SENSORY MOTOR".split(),
    "module": "Worm self torch nn Tensor gain bias forward SYNAPSES BLOCKS".split(),
    "none": "NA None Null inf True False undefined N/A - _ ?".split(),
    "columns": "pre post weight kind chemical electrical S R E".split(),
    "case": ["name", "Name", "NAME", "na me", "na-me", "na_me", "nam\u0435"],
}

# Names that are read as others, or as none: in form NFC, without invisible blanks.
CLEANED: dict[str, str] = {
    "a\u200bb": "ab",
    "a\ufeffb": "ab",
    "\u212b": "\u00c5",
    "A\u030a": "\u00c5",
    unicodedata.normalize("NFD", "\u00e9\u1e69"): "\u00e9\u1e69",
    **dict.fromkeys(("", " ", "\t", "\n", "\u00a0", "\ufeff", "\u200b"), ""),
    **dict.fromkeys(("nan", "NaN", "null", "NULL", "#N/A"), ""),
}
REFUSED: dict[str, list[str]] = {
    "controls": [f"a{chr(code)}b" for code in range(32) if code not in (9, 10, 13)],
    "more controls": [f"a{chr(code)}b" for code in (127, 128, 133, 144, 155, 159)],
    "endless": ["x" * 100_001, "x" * 200_000],
    "half characters": ["a\ud800b", "\udfff"],
}
