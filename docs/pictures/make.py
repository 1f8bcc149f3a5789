"""Make the pictures of the gallery again: `python docs/pictures/make.py`.

The commands are those of docs/gallery.md; recording.py records git.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDER = Path(__file__).parent


def main() -> None:
    """Run the gallery's commands in a folder of their own; keep the pictures."""
    text = (FOLDER.parent / "gallery.md").read_text()
    commands = re.findall(r"^\$ (.*)$", text, re.MULTILINE)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with TemporaryDirectory() as made:
        for command in commands:
            subprocess.run(
                command,
                shell=True,
                cwd=made,
                env={**os.environ, "PATH": path},
                check=True,
            )
        for picture in Path(made).glob("*.svg"):
            shutil.copy(picture, FOLDER)
    subprocess.run([sys.executable, FOLDER / "recording.py"], check=True)


if __name__ == "__main__":
    main()
