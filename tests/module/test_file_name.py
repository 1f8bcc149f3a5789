"""The name of a generated file is told where Python would not import it, or it alone."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from support.command import EDGES, run

import elegansc
from elegansc.module.file_name import misnamed

WRONG = {
    "torch.py": "torch.py hides the library torch from what is run beside it",
    "numpy.py": "numpy.py hides the library numpy from what is run beside it",
    "json.py": "json.py hides the library json from what is run beside it",
    "lightning.py": "lightning.py hides the library lightning from what is run beside it",
    "click.py": "click.py hides the library click from what is run beside it",
    "typing_extensions.py": "hides the library typing_extensions",
    "class.py": "class.py can not be imported: class is a word of Python",
    "None.py": "None.py can not be imported: None is a word of Python",
    "my-model.py": "my-model.py can not be imported: my-model is no Python name; my_model.py can",
    "worm 1.py": "worm 1 is no Python name; worm_1.py can",
    "1.py": "1 is no Python name; _1.py can",
    "worm.v2.py": "worm.v2 is no Python name; worm_v2.py can",
    "---.py": "---.py can not be imported: --- is no Python name",
}
RIGHT = ["model.py", "match.py", "würm.py", "_1.py", "my-model.txt", "out", "Torch.py"]


@pytest.mark.parametrize("name", WRONG)
def test_a_name_that_can_not_be_imported_or_hides_a_library_is_told(name: str) -> None:
    assert WRONG[name] in misnamed(Path("models") / name)


@pytest.mark.parametrize("name", RIGHT)
def test_other_names_are_right(name: str) -> None:
    assert misnamed(Path("torch") / name) == ""


@pytest.mark.parametrize("name", ["torch.py", "class.py", "my-model.py"])
def test_the_command_and_write_warn_and_write(name: str, tmp_path: Path) -> None:
    (tmp_path / "worm.csv").write_text(EDGES)
    path = tmp_path / name
    done = run("compile", str(tmp_path / "worm.csv"), "-o", str(path))
    assert done.exit_code == 0 and path.is_file()
    assert done.stderr.endswith(f"warning   {misnamed(path)}\n")

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        elegansc.compile(tmp_path / "worm.csv").write(path)
    assert str(seen[-1].message) == misnamed(path)
    assert seen[-1].filename == __file__


def test_a_right_name_and_a_quiet_command_say_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "worm.csv").write_text(EDGES)
    done = run("compile", str(tmp_path / "worm.csv"), "-o", str(tmp_path / "worm.py"))
    assert "import" not in done.stderr and "hides" not in done.stderr
    words = ("-q", "-o", str(tmp_path / "torch.py"))
    assert run("compile", str(tmp_path / "worm.csv"), *words).stderr == ""
