"""Write a page as SVG: short, readable by a screen reader, light and dark.

Shapes of one look share a group, shapes of one form are drawn once and used. Colours are
attributes, which any program reads; a style sheet replaces them where the reader prefers
the dark. Text stays text, the ground is transparent.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import numpy as np

from .canvas import Canvas, Group, Words, image
from .colours import in_the_dark
from .labels import well_formed

if TYPE_CHECKING:
    from matplotlib.path import Path

FONT = "DejaVu Sans, Verdana, Geneva, sans-serif"
RISE = 0.365  # ems from the baseline to the middle of capitals
ANCHORS = {"left": "start", "center": "middle", "right": "end"}
STARTS = {"bottom": "start", "top": "end"}  # of text that runs upward
CURVE, CLOSE = 4, 79  # codes of a path
Attributes = tuple[tuple[str, str], ...]


def svg(canvas: Canvas, title: str, description: str) -> bytes:
    """The page, UTF-8, with its title and description for who does not see it."""
    sheet = Sheet()
    body = list(items(canvas, sheet))
    width, height = short(canvas.width), short(canvas.height)
    size = f'width="{width}pt" height="{height}pt" viewBox="0 0 {width} {height}"'
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc" font-family="{FONT}">',
        f'<title id="title">{text(title)}</title>',
        f'<desc id="desc">{text(description)}</desc>',
        f"<style>{sheet.rules()}</style>",
        *([f"<defs>{''.join(sheet.forms())}</defs>"] if sheet.form else []),
        *body,
        "</svg>",
    ]
    return ("\n".join(lines) + "\n").encode()


class Sheet:
    """The colours and the repeated forms of a page, each with a short name."""

    def __init__(self) -> None:
        self.colours: dict[tuple[str, str], str] = {}
        self.form: dict[str, str] = {}

    def paint(self, use: str, colour: str) -> str:
        """The class of a colour as a fill or a stroke."""
        name = f"{use[0]}{len(self.colours)}"
        return self.colours.setdefault((use, colour), name)

    def used(self, form: str) -> str:
        """The id of a form."""
        return self.form.setdefault(form, f"p{len(self.form)}")

    def rules(self) -> str:
        """The style sheet: the colours of the dark; lines that are an image, turned."""
        dark = [
            f".{name}{{{use}:{in_the_dark(colour)}}}"
            for (use, colour), name in self.colours.items()
        ]
        turned = "image{filter:invert(1) hue-rotate(180deg)}"
        return f"@media(prefers-color-scheme:dark){{{''.join(dark)}{turned}}}"

    def forms(self) -> Iterator[str]:
        """The forms, from the origin."""
        for form, name in self.form.items():
            yield f'<path id="{name}" d="M0 0{form}"/>'


def items(canvas: Canvas, sheet: Sheet) -> Iterator[str]:
    """The elements of the page, from the back to the front."""
    for kind, run in groupby(canvas.ordered(), key=type):
        if kind is Words:
            yield from sentences(
                [item for item in run if isinstance(item, Words)], sheet
            )
            continue
        for item in run:
            if isinstance(item, Group):
                yield from shapes(canvas, item, sheet)


def shapes(canvas: Canvas, group: Group, sheet: Sheet) -> Iterator[str]:
    """The elements of a group; one of very many shapes is an image."""
    if group.raster:
        data = base64.b64encode(image(canvas, group)).decode()
        size = f'width="{short(canvas.width)}" height="{short(canvas.height)}"'
        yield f'<image {size} href="data:image/png;base64,{data}"/>'
        return
    rows = range(len(group.paths))
    traced = [trace(path) for path in group.paths]
    seen: dict[str, int] = {}
    for _, form in traced:
        seen[form] = seen.get(form, 0) + 1
    yield f'<g id="{group.name}">'
    for look, run in groupby(rows, key=lambda row: attributes(group, row, sheet)):
        yield f"<g{marks(look)}>"
        for row in run:
            start, form = traced[row]
            if seen[form] > 2 and len(form) > 30:
                x, y = start
                yield f'<use href="#{sheet.used(form)}" x="{x}" y="{y}"/>'
            else:
                yield f'<path d="M{joined([*start])}{form}"/>'
        yield "</g>"
    yield "</g>"


def attributes(group: Group, row: int, sheet: Sheet) -> Attributes:
    """Fill, stroke, width and dashes of one shape."""
    width = float(group.look("linewidths", row) or 0)
    names, found = [], []
    for use, key in (("fill", "facecolors"), ("stroke", "edgecolors")):
        value = group.look(key, row)
        if value is None or value == "none" or (use == "stroke" and not width):
            found += [(use, "none")] if use == "fill" else []
            continue
        colour, opacity = hexadecimal(value)
        names.append(sheet.paint(use, colour))
        found.append((use, colour))
        found += [(f"{use}-opacity", short(opacity, 3))] if opacity < 1 else []
    if width and group.look("edgecolors", row) is not None:
        found.append(("stroke-width", short(width)))
        dash = group.look("linestyles", row)
        if isinstance(dash, tuple):
            parts = " ".join(short(part * width) for part in dash[1])
            found.append(("stroke-dasharray", parts))
    return tuple(found) + ((("class", " ".join(names)),) if names else ())


def sentences(words: list[Words], sheet: Sheet) -> Iterator[str]:
    """Texts, those of one look in a group."""
    for look, run in groupby(words, key=lambda item: lettering(item, sheet)):
        yield f"<g{marks(look)}>"
        for item in run:
            yield sentence(item)
        yield "</g>"


def lettering(item: Words, sheet: Sheet) -> Attributes:
    """Size, colour, anchor, weight and slope of a text."""
    style, upward = item.style, bool(item.style.get("rotation"))
    anchor = STARTS.get(style["va"], "middle") if upward else ANCHORS[style["ha"]]
    found = [("font-size", short(item.size)), ("fill", style["color"])]
    found += [("text-anchor", anchor)] if anchor != "start" else []
    found += [("font-weight", style["weight"])] if "weight" in style else []
    found += [("font-style", style["style"])] if "style" in style else []
    return (*found, ("class", sheet.paint("fill", style["color"])))


def sentence(item: Words) -> str:
    """One text; its middle line is at y, or at x where it runs upward."""
    if not item.style.get("rotation"):
        y = item.y + RISE * item.size
        return f'<text x="{short(item.x)}" y="{short(y)}">{text(item.words)}</text>'
    turn = f"translate({short(item.x + RISE * item.size)} {short(item.y)}) rotate(-90)"
    return f'<text transform="{turn}">{text(item.words)}</text>'


def trace(path: Path) -> tuple[tuple[str, str], str]:
    """The start of a path and its form from there, relative, to a hundredth of a point."""
    points, codes = np.asarray(path.vertices).tolist(), np.asarray(path.codes).tolist()
    x, y = points[0]
    here = (0.0, 0.0)
    words, row, last = [], 1, ""
    while row < len(points):
        if codes[row] == CLOSE:
            words.append("z")
            row, last = row + 1, ""
            continue
        letter, count = ("c", 3) if codes[row] == CURVE else ("l", 1)
        steps: list[str] = []
        for a, b in points[row : row + count]:
            steps += [short(a - x - here[0]), short(b - y - here[1])]
        words.append(joined(steps, letter if letter != last else " "))
        a, b = points[row + count - 1]
        here = (round(a - x, 2), round(b - y, 2))
        row, last = row + count, letter
    return (short(x), short(y)), "".join(words)


def joined(numbers: list[str], letter: str = "") -> str:
    """Numbers with a space only where a sign or a point does not part them."""
    found = numbers[0]
    for number in numbers[1:]:
        found += number if number[0] == "-" else f" {number}"
    return (
        f"{letter.strip()}{found}" if letter != " " or found[0] == "-" else f" {found}"
    )


def short(value: float, places: int = 2) -> str:
    """The shortest text of a number: .5 for 0.50, 0 for -0.00."""
    found = f"{value:.{places}f}".rstrip("0").rstrip(".")
    if found in ("-0", "0", ""):
        return "0"
    return found.replace("0.", ".", 1) if found.lstrip("-").startswith("0.") else found


def hexadecimal(value: str | tuple[float, float, float, float]) -> tuple[str, float]:
    """A colour as #RRGGBB, and its opacity."""
    if isinstance(value, str):
        return value, 1.0
    return "#" + "".join(f"{round(255 * part):02X}" for part in value[:3]), value[3]


def marks(look: Attributes) -> str:
    """Attributes of an element."""
    return "".join(f' {name}="{value}"' for name, value in look)


def text(words: str) -> str:
    """A text in characters that XML allows."""
    return escape(well_formed(words))
