"""Record `git diff` of a model as a picture: `python docs/pictures/recording.py [SVG]`.

Three lines of a worm's edge list are changed, its model is made again, and what git prints
at a terminal is drawn as text in git-diff.svg beside this script, line after line.
"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDER = Path(__file__).parent
BEFORE = """
git init --quiet
elegansc export witvliet2021-1 --output worm.csv --quiet
elegansc compile worm.csv --output worm.py --weight-unit synapses --no-keep-alive --quiet
git add worm.csv worm.py && git commit --quiet --message Worm
elegansc git-setup 2> /dev/null
sed -i.old -e 's/^AIBL,RIMR,chemical,7/AIBL,RIMR,chemical,9/' -e '/^AIBL,AVEL,chem/d' worm.csv
echo 'ASHL,RIML,chemical,2' >> worm.csv
"""
SHOWN = (
    "git diff -U0 worm.csv | grep '^[+-][A-Z]'",
    "elegansc update worm.py",
    "git diff worm.py",
)
MADE_BY_US = {
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_PAGER": "cat",
    "LC_ALL": "C.UTF-8",
    "TERM": "xterm",
    **{f"GIT_{who}_NAME": "worm" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "worm@example.org" for who in ("AUTHOR", "COMMITTER")},
}

SIZE, WIDE, HIGH, EDGE = 13, 7.8, 19, 18  # of the type and its grid, in pixels
CODES = {"1": "strong", "31": "lost", "32": "new", "33": "other", "36": "place"}
PAUSE, TYPED = 0.05, 0.7  # seconds from line to line, and before what a command prints
STYLE = f"""
text {{ font: {SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328;
  white-space: pre }}
.page {{ fill: #f6f8fa; stroke: #d1d9e0 }}
.strong {{ font-weight: 600 }} .prompt {{ fill: #59636e }}
.new {{ fill: #116329 }} .lost {{ fill: #a40e26 }} .other {{ fill: #7d4e00 }}
.place {{ fill: #0550ae }}
.line {{ animation: shown .15s both }}
@keyframes shown {{ from {{ opacity: .2 }} }}
@media (prefers-reduced-motion: reduce) {{ .line {{ animation: none }} }}
@media (prefers-color-scheme: dark) {{
  text {{ fill: #e6edf3 }} .page {{ fill: #151b23; stroke: #3d444d }}
  .prompt {{ fill: #9198a1 }} .new {{ fill: #56d364 }} .lost {{ fill: #ff8e86 }}
  .other {{ fill: #e3b341 }} .place {{ fill: #79c0ff }}
}}"""


def at_a_terminal(command: str, folder: str, known: dict[str, str]) -> list[str]:
    """The lines that a command prints at a terminal, colours and all."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        ["bash", "-c", command], cwd=folder, env=known, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        printed = b""
        while True:
            try:
                found = os.read(ours, 65536)
            except OSError:  # Linux's end of a terminal
                break
            if not found:
                break
            printed += found
    os.close(ours)
    if process.returncode:
        raise SystemExit(
            f"{command}: exit code {process.returncode}\n{printed.decode()}"
        )
    lines = printed.decode().rstrip().split("\n")
    return [left_standing(line.rstrip("\r")) for line in lines]


def left_standing(line: str) -> str:
    """What of a line is seen in the end: progress is written over."""
    return line.rpartition("\r")[2].replace("\x1b[K", "")


def record() -> list[tuple[str, list[str]]]:
    """Each command that is shown, and its lines."""
    with TemporaryDirectory() as folder:
        known = {**MADE_BY_US, "HOME": folder}
        subprocess.run(["bash", "-ec", BEFORE], cwd=folder, env=known, check=True)
        return [(command, at_a_terminal(command, folder, known)) for command in SHOWN]


def spans(line: str) -> str:
    """A line of a terminal as SVG: its colours as classes."""
    text, open_ = "", False
    for part in re.split(r"(\x1b\[[\d;]*m)", line):
        if not part.startswith("\x1b"):
            text += escape(part)
            continue
        text += "</tspan>" * open_
        names = " ".join(
            CODES[code] for code in re.findall(r"\d+", part) if code in CODES
        )
        open_ = bool(names)
        text += f'<tspan class="{names}">' * open_
    return text + "</tspan>" * open_


def plain(line: str) -> str:
    """A line without its colours."""
    return re.sub(r"\x1b\[[\d;]*m", "", line)


def draw(session: list[tuple[str, list[str]]]) -> str:
    """The session as an SVG that shows its lines one after the other, once."""
    rows: list[tuple[str, str, float]] = []  # as SVG, as text, when it is shown
    now = 0.3
    for command, lines in session:
        rows.append(
            (f'<tspan class="prompt">$ </tspan>{escape(command)}', f"$ {command}", now)
        )
        now += TYPED
        for line in lines:
            rows.append((spans(line), plain(line), now))
            now += PAUSE
        now += TYPED
    width = round(max(len(text) for _, text, _ in rows) * WIDE + 2 * EDGE)
    height = len(rows) * HIGH + 2 * EDGE
    drawn = [
        f'<text class="line" x="{EDGE}" y="{EDGE + HIGH * at + SIZE}" '
        f'style="animation-delay:{when:.2f}s" xml:space="preserve" '
        f'textLength="{len(text) * WIDE:.1f}">{svg}</text>'
        for at, (svg, text, when) in enumerate(rows)
        if text
    ]
    said = escape("\n".join(text for _, text, _ in rows))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" aria-labelledby="title desc">',
            '<title id="title">git diff of a model, by neuron and synapse</title>',
            f'<desc id="desc">{said}</desc>',
            f"<style>{STYLE}\n</style>",
            f'<rect class="page" x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8"/>',
            *drawn,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    output = Path(sys.argv[1]) if sys.argv[1:] else FOLDER / "git-diff.svg"
    output.write_text(draw(record()))
