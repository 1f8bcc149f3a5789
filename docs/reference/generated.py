"""The directive `generated`: Markdown that the code's registries give, parsed in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective

from . import codes, commands, formats, options

STATIC = Path(__file__).parent / "static"
PARTS: Mapping[str, Callable[[], str]] = {
    part.__name__: part
    for part in (
        *(formats.containers, formats.packers, formats.refused, formats.columns),
        *(formats.counts, formats.kinds, formats.delimiters, formats.transmitters),
        *(formats.cells, formats.roles, formats.exports),
        *(options.options, options.layout, codes.listed, codes.explained),
        commands.commands,
    )
}


class Generated(SphinxDirective):
    """`{generated} NAME`: a part of PARTS."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The nodes of the part."""
        part = PARTS[self.arguments[0]]
        return self.parse_text_to_nodes(part(), allow_section_headings=True)


def without_type(
    app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]
) -> None:
    """Keep napoleon from taking what stands before a property's colon for its type."""
    if what == "property" and lines:
        lines.insert(0, "\\")  # an escaped line end: nothing


def with_static(app: Sphinx, config: Config) -> None:
    """Add the folder of the style sheet."""
    config.html_static_path.append(str(STATIC))


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive, and how its tables look."""
    app.add_directive("generated", Generated)
    app.connect("autodoc-process-docstring", without_type, priority=400)
    app.connect("config-inited", with_static)
    app.add_css_file("generated.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
