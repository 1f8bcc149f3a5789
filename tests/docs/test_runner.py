"""The runner of the documentation's blocks sees what is wrong, and where."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support import pages, sessions


def wrong(text: str, folder: Path) -> list[str]:
    """What does not hold on a page of this text."""
    page = folder / "page.md"
    page.write_text(text)
    (folder / "work").mkdir()
    known = sessions.environment(folder / "home", os.environ["PATH"])
    return pages.run_page(page, folder / "work", known)


def test_a_right_page_has_nothing_wrong(tmp_path: Path) -> None:
    text = """
```console
$ cat > worm.csv <<'END'
pre,post
A,B
END
$ mkdir inner && cd inner
$ cat ../worm.csv; pwd
pre,post
A,B
…/inner
$ printf 'a\\nb\\nc\\nd\\n' \\
  | head -3
a
…
c
$ cat nowhere
cat: nowhere: No such file…
```

```python
import os
rows = open("worm.csv").read()
```

```python
assert rows == "pre,post\\nA,B\\n"
assert "HOME" in os.environ
```

```text
$ false
```

<!-- not run: it never ends -->
```console
$ sleep 10000
```
"""
    assert not wrong(text, tmp_path)


@pytest.mark.parametrize(
    ("block", "told"),
    [
        (
            "```console\n$ true\n$ echo 1\n2\n```",
            "page.md:3: $ echo 1\n--- expected\n2\n--- seen, exit code 0\n1\n",
        ),
        ("```console\n$ echo 1\n```", "--- expected\n(nothing)\n--- seen"),
        ("```console\n$ false\n```", "page.md:2: $ false\n"),
        ("```console\n$ echo a; false\n…\n```", "exit code 1\na\n"),
        ("```console\n$ true\nmore\n```", "--- expected\nmore\n"),
        ("```console\n$ echo $((\n```", "page.md:2: $ echo $((\n"),
        ("```console\n$ printf 'a\\nb\\n'\na\n```", "--- seen, exit code 0\na\nb\n"),
        ("```console\n$ printf 'a\\nb\\n'\n…\na\n```", "--- expected\n…\na\n"),
        ("```console\n$ echo aXb\na…c\n```", "--- expected\na…c\n"),
        ("\n```python\nx = 1\n1 / 0\n```", 'page.md", line 4, in <module>'),
        ("```python\nx =\n```", "SyntaxError"),
        ("```python\nimport os; os._exit(3)\n```", "(ended, or took more than"),
    ],
)
def test_what_is_wrong_is_shown_with_its_place(
    block: str, told: str, tmp_path: Path
) -> None:
    (text,) = wrong(block, tmp_path)
    assert told in text


def test_every_mistake_of_a_page_is_shown(tmp_path: Path) -> None:
    text = "```console\n$ echo 1\n2\n$ echo 3\n3\n$ echo 4\n5\n```\n"
    assert [line.partition(": ")[0] for line in wrong(text, tmp_path)] == [
        "page.md:2",
        "page.md:6",
    ]


def test_a_block_that_hangs_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "LIMIT", 0.5)
    (text,) = wrong("```console\n$ sleep 10000\n```", tmp_path)
    assert "took more than" in text


def test_output_above_a_command_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="line 2: output without a command"):
        wrong("```console\nout\n```", tmp_path)
