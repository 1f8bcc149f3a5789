"""Sources: one place tells a connectome from a generated module, by what stands in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command import edited

import elegansc
from elegansc.errors import InputError, UsageError
from elegansc.ir.stages import Connectome
from elegansc.module.header import FORMAT, is_generated, read_header, with_header
from elegansc.module.read import CircuitModel, Model, read_model, read_module
from elegansc.options import Options
from elegansc.readers.containers.registry import container_of, containers
from elegansc.readers.reader import Layout
from elegansc.sources import check_own, open_source

EDGES = "pre,post,weight\nS,I,2\nI,M,3\n"
ROLES = {"inputs": ("S",), "outputs": ("M",), "roles_table": "structure"}


def written(folder: Path, **choices: object) -> Path:
    """A model of EDGES."""
    (folder / "worm.csv").write_text(EDGES)
    found = elegansc.compile(str(folder / "worm.csv"), **ROLES, **choices)
    (data,) = found.files.values()
    path = folder / "made.py"
    path.write_bytes(data)
    return path


def test_what_stands_in_a_file_says_what_it_is(tmp_path: Path) -> None:
    path = written(tmp_path)
    model = open_source(str(path), Layout())
    source = open_source(str(tmp_path / "worm.csv"), Layout())

    assert isinstance(source, Connectome)
    assert (source.source.label, source.source.unit) == ("worm.csv", "units of weight")
    assert isinstance(model, Model)
    assert (model.label, model.path) == ("made.py", str(path))
    bundled = open_source("witvliet2021-1", Layout())
    assert isinstance(bundled, Connectome) and bundled.source.unit == "synapses"


def test_a_published_sweep_is_told_by_its_options_alone(tmp_path: Path) -> None:
    data = written(tmp_path).read_bytes()
    said = data + b'# "lowering": "published"\n'
    data = written(
        tmp_path, lowering="published", unit="linear", features=2
    ).read_bytes()

    assert isinstance(read_module(said, "said.py"), Model)
    assert isinstance(read_module(data, "sweep.py"), CircuitModel)
    with pytest.raises(InputError, match="a published sweep, which has no levels"):
        read_model(data, "sweep.py")


def test_a_model_comes_with_its_own_options_and_unedited(tmp_path: Path) -> None:
    path = written(tmp_path)
    model = open_source(str(path), Layout())
    assert isinstance(model, Model)
    check_own(model, Options())

    with pytest.raises(UsageError, match="--features: the options of a generated"):
        check_own(model, Options(features=4))
    path.write_bytes(edited(path.read_bytes(), b'{"S": 2}', b'{"S": 3}'))
    model = open_source(str(path), Layout())
    assert isinstance(model, Model) and model.header.edited
    with pytest.raises(InputError, match="edited by hand or cut short"):
        check_own(model, Options())


def test_a_header_is_read_as_it_was_written() -> None:
    data = with_header(b"x = 1\n", "worm", "0123456789abcdef")
    head = read_header(data.replace(b"\n", b"\r\n"), "worm.py")

    assert is_generated(data) and not head.edited
    assert (head.label, head.source, head.text) == (
        "worm",
        "0123456789abcdef",
        b"x = 1\n",
    )
    newer = data.replace(b"format=%d" % FORMAT, b"format=%d" % (FORMAT + 1))
    with pytest.raises(InputError, match="newer than this elegansc"):
        read_header(newer, "worm.py")


def test_every_file_has_a_reader_and_every_reader_a_file() -> None:
    names = [container.name for container in containers()]
    assert len(set(names)) == len(names)
    heads = {
        "GraphML": b"<?xml?><graphml>",
        "JSON": b'{"nodes": []}',
        "a PNG picture": b"\x89PNG",
    }
    for name, head in heads.items():
        assert container_of(head).name == name
    assert containers()[-1].sniff(b"")
