"""How the documentation is built: `sphinx-build -W -n --keep-going docs SITE`.

Nothing is fetched, and what is written holds no dates and no paths of this machine.
"""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "elegansc"
author = "The elegansc developers"
copyright = author
release = metadata.version("elegansc")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "reference.generated",
]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# Types of other packages have no page here, and nothing is fetched to find theirs.
nitpick_ignore_regex = [("py:(class|data|obj)", ".*")]

# Notebooks are run at every build; one that fails stops it.
nb_execution_mode = "force"
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 600

# `$ ` is not copied, nor is what a command prints; here-documents are, whole.
copybutton_prompt_text = "$ "
copybutton_line_continuation_character = "\\"
copybutton_here_doc_delimiter = "END"

default_role = "code"  # of docstrings: `name`
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_google_docstring = True

html_theme = "furo"
html_title = "elegansc"
html_show_sphinx = False
html_copy_source = False
pygments_style = "friendly"
pygments_dark_style = "monokai"
