"""XML, an element at a time: no entity is defined or fetched, and nothing nests deep."""

from __future__ import annotations

import re
from xml.parsers import expat

from ...errors import InputError, Location

MARKS = re.compile(rb"\A(\xef\xbb\xbf|\xff\xfe|\xfe\xff)|\0")  # of UTF-8, UTF-16
DEEPEST = 1_000  # elements within elements
STEP = 2**20  # bytes given to the parser at a time
# A reference to an entity that XML does not define; of another file if of any.
REFERENCE = re.compile(rb"&(?!amp;|lt;|gt;|quot;|apos;|#)([^;\s<&]*)")
REMEDY = "write it again with the tool it is from"


def begins(head: bytes, root: bytes) -> bool:
    """Whether a file that begins so is XML whose root element may be of this name."""
    head = MARKS.sub(b"", head)
    start = rb"\s*<(\?xml|!|(\w+:)?" + root + rb")"
    return re.match(start, head) is not None and root in head


class XmlFile:
    """A parser of XML that hands over its elements.

    Attributes:
        label: the file in messages; root: the name of the outermost element; format: of
            the file, in messages.
    """

    root = ""
    format = ""

    def __init__(self, label: str) -> None:
        self.label = label
        self.depth, self.rooted = 0, False
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.EntityDeclHandler = self.entity
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.others = False  # whether the DOCTYPE names another file

    def parse(self, data: bytes) -> None:
        """Hand over all elements of a file.

        Raises:
            InputError: it is no well-formed XML, defines entities, or nests too deep.
        """
        try:
            for place in range(0, len(data), STEP):
                self.parser.Parse(data[place : place + STEP], False)
            self.parser.Parse(b"", True)
            self.check_references(data)
        except expat.ExpatError as error:
            at = Location(self.label, error.lineno, error.offset + 1)
            seen = f"not well-formed XML: {expat.ErrorString(error.code)}"
            raise InputError(at, seen, REMEDY) from None
        except (LookupError, ValueError) as error:
            raise InputError(self.label, f"unreadable XML: {error}") from None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        raise NotImplementedError

    def end(self, tag: str) -> None:
        """An element ends."""
        raise NotImplementedError

    def begun(self, tag: str) -> str:
        """The name of an element that begins, without the prefix of its namespace."""
        tag = tag.rsplit(":", 1)[-1]
        if not self.rooted and tag != self.root:
            raise self.wrong(f"XML that begins with <{tag}>: not {self.format}")
        self.rooted = True
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong(f"more than {DEEPEST:,} elements within another", REMEDY)
        return tag

    def ended(self, tag: str) -> str:
        """The name of an element that ends, without the prefix of its namespace."""
        self.depth -= 1
        return tag.rsplit(":", 1)[-1]

    def attribute(self, attributes: dict[str, str], name: str, tag: str) -> str:
        """An attribute that must be there."""
        if name not in attributes:
            raise self.wrong(f"<{tag}> without {name!r}")
        return attributes[name]

    def wrong(self, seen: str, hint: str = "") -> InputError:
        """The error at the line that is being read."""
        at = Location(self.label, self.parser.CurrentLineNumber)
        return InputError(at, seen, hint)

    def entity(self, name: str, *_: object) -> None:
        """A declaration of an entity: entities can blow up a parser."""
        raise self.wrong(f"a declaration of the entity {name!a}", "take it out")

    def doctype(self, name: str, system: str | None, *_: object) -> None:
        """A DOCTYPE; the file that it names is not fetched."""
        self.others = system is not None

    def check_references(self, data: bytes) -> None:
        """Raise InputError for an entity of another file: expat would leave it out."""
        plain = MARKS.sub(b"", data) if self.others else b""
        if found := REFERENCE.search(plain):
            line = plain.count(b"\n", 0, found.start()) + 1
            seen = f"the entity {found[1].decode(errors='replace')!a} of another file"
            raise InputError(Location(self.label, line), seen, "write it out")
