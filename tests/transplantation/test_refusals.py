"""What transplant refuses: nothing is run, nothing is written."""

from __future__ import annotations

import io
import os
import pickle
import sys
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from support import toy
from support.command import contents, edited
from support.transplants import (
    WORDS,
    Larger,
    by_name,
    loaded,
    model,
    pair,
    put,
    refused,
    run,
    trained,
    works,
)
from torch import nn


def test_other_wiring_is_refused(folder: Path) -> None:
    _, _, other = pair(new=toy.EDGES.replace("S2,A", "S2,B"))
    put(trained(other).state_dict(), "other.pt")
    model("third.py", edges=toy.EDGES.replace("S2,A", "S1,C"))
    words = ("other.pt", "--from", "old.py", "--to", "third.py", "-o", "new.pt")
    assert "other.pt: signed with other wiring or options than old.py" in refused(
        *words
    )


def test_a_checkpoint_of_the_new_model_is_told(folder: Path) -> None:
    _, _, second = pair()
    put(trained(second).state_dict(), "old.pt")
    assert "the wiring of new.py, the new model, not of old.py" in refused(
        *WORDS, "new.pt"
    )


@pytest.mark.parametrize("name", ["gain", "bias"])
def test_other_shapes_are_refused(name: str, folder: Path) -> None:
    _, net, _ = pair()
    state = {k: v.detach() for k, v in net.named_parameters()}
    state[name] = torch.zeros(3, 2)
    for path in ("old.pt", "old.safetensors"):
        put(state, path)
        told = refused(path, *WORDS[1:], "new.pt")
        assert f"{name} has the shape (3, 2), in old.py it has (" in told


@pytest.mark.parametrize(
    "odd",
    [
        torch.zeros(18, dtype=torch.int64),
        torch.zeros(18, dtype=torch.complex64),
        torch.zeros(18, device="meta"),
        torch.zeros(18).to_sparse(),
        [0.0] * 18,
    ],
    ids=["int64", "complex64", "meta", "sparse", "list"],
)
def test_gains_that_are_no_plain_numbers_are_refused(odd: Any, folder: Path) -> None:
    _, net, _ = pair()
    put({**net.state_dict(), "gain": odd}, "old.pt")
    assert "old.pt: gain is " in refused(*WORDS, "new.pt")


@pytest.mark.parametrize("state", ["x", {}, torch.zeros(3), torch.zeros(32)])
def test_a_strange_signature_is_refused(state: Any, folder: Path) -> None:
    _, net, _ = pair()
    put({**net.state_dict(), "_extra_state": state}, "old.pt")
    assert "signed with other wiring" in refused(*WORDS, "new.pt")


@pytest.mark.parametrize("prefix", ["nobody", "nobody.", ""])
def test_a_prefix_that_nothing_has_is_refused(prefix: str, folder: Path) -> None:
    _, net, _ = pair()
    put(Larger(net).state_dict(), "old.pt")
    told = refused(*WORDS, "new.pt", "--prefix", prefix)
    name = "nobody.gain and nobody.bias" if prefix else "gain and bias"
    assert f"holds no {name}, the parameters of old.py" in told
    assert "its entries: norm.weight, norm.bias," in told and "more" in told


def test_a_training_checkpoint_is_told_from_a_state_dict(folder: Path) -> None:
    _, net, _ = pair()
    state = {f"{name}_ema": value for name, value in net.state_dict().items()}
    put({"model": state, "epoch": 3}, "old.pt")
    assert "its entries: model, epoch" in refused(*WORDS, "new.pt")


class Bomb:
    """Makes a file when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("exploded",)


def bombs() -> Iterator[tuple[str, bytes]]:
    """Ways to plant it."""
    for name, held in {
        "alone": Bomb(),
        "entry": OrderedDict(gain=torch.zeros(18), bias=torch.zeros(11), x=Bomb()),
        "module": nn.Linear(2, 2),
        "function": OrderedDict(bias=os.system),
    }.items():
        file = io.BytesIO()
        torch.save(held, file)
        yield f"zip {name}", file.getvalue()
        file = io.BytesIO()
        torch.save(held, file, _use_new_zipfile_serialization=False)
        yield f"legacy {name}", file.getvalue()
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        yield f"pickle {protocol}", pickle.dumps({"bias": Bomb()}, protocol)


BOMBS = dict(bombs())


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
@pytest.mark.parametrize("path", ["old.pth", "old.safetensors"])
def test_a_pickle_is_never_run(path: str, bomb: bytes, folder: Path) -> None:
    pair()
    Path(path).write_bytes(bomb)
    told = refused(path, *WORDS[1:], "new.pt")
    assert not Path("exploded").exists()
    if path.endswith("h") and bomb.startswith(b"PK"):
        assert "not of tensors alone; nothing of it was loaded" in told


def test_what_torch_saved_before_its_zip_archives_is_refused(folder: Path) -> None:
    """PyTorch before 2.6 could be made to run code by such a file, weights_only or not."""
    _, net, _ = pair()
    torch.save(net.state_dict(), "old.pt", _use_new_zipfile_serialization=False)
    assert "not the zip archive that torch.save writes" in refused(*WORDS, "new.pt")


def test_the_bomb_is_one(folder: Path) -> None:
    pickle.loads(pickle.dumps(Bomb()))
    assert Path("exploded").exists()


def test_a_script_archive_is_never_run(folder: Path) -> None:
    pair()
    with zipfile.ZipFile("old.pt", "w") as file:
        file.writestr("a/constants.pkl", pickle.dumps(Bomb()))
        file.writestr("a/data.pkl", pickle.dumps(Bomb()))
        file.writestr("a/version", "3\n")
        file.writestr("a/code/x.py", "import os\nos.mkdir('exploded')\n")
    refused(*WORDS, "new.pt")
    assert not Path("exploded").exists()


def spoilt(data: bytes) -> dict[str, bytes]:
    """A file cut short, or none of its kind."""
    return {
        "empty": b"",
        "a byte": data[:1],
        "half": data[: len(data) // 2],
        "end cut": data[:-5],
        "start cut": data[5:],
        "text": b"pre,post,weight\nS,M,1\n",
        "zeros": b"\0" * 500,
        "zip of nothing": b"PK\x05\x06" + b"\0" * 18,
        "zip of junk": b"PK\x03\x04" + b"\0" * 500,
        "huge header": b"\xff" * 8 + data[8:],
        "list": saved([1, 2]),
        "numbers for names": saved({1: torch.zeros(2)}),
        "tensor": saved(torch.zeros(2)),
        "no entries": saved({}),
    }


def saved(held: Any) -> bytes:
    """What torch.save writes."""
    file = io.BytesIO()
    torch.save(held, file)
    return file.getvalue()


@pytest.mark.parametrize("path", ["old.pt", "old.safetensors"])
@pytest.mark.parametrize("how", spoilt(b"").keys())
def test_what_is_no_checkpoint_is_refused(path: str, how: str, folder: Path) -> None:
    pair(save=path)
    Path(path).write_bytes(spoilt(Path(path).read_bytes())[how])
    assert refused(path, *WORDS[1:], "new.pt").startswith(f"{path}: ")


def test_damaged_bytes_are_refused_or_read(folder: Path) -> None:
    """Whatever bit flips: a message or a checkpoint, never a traceback."""
    _, net, _ = pair()
    put(net.state_dict(), "old.safetensors")
    for path in ("old.pt", "old.safetensors"):
        data = Path(path).read_bytes()
        for place in range(0, len(data), len(data) // 25):
            broken = bytearray(data)
            broken[place] ^= 0x41
            Path(path).write_bytes(broken)
            done = run(path, *WORDS[1:], "new.pt", "--force", "-q")
            assert done.exit_code in (0, 1), (place, done.stderr)
            assert "our bug" not in done.stderr


def test_files_that_are_not_there(folder: Path) -> None:
    pair()
    for words, told in (
        (("no.pt", *WORDS[1:], "new.pt"), "no.pt: no such file"),
        (("no.safetensors", *WORDS[1:], "new.pt"), "no.safetensors: no such file"),
        (("old.pt", "--from", "no.py", *WORDS[3:], "new.pt"), "no.py: no such file"),
        ((*WORDS[:3], "--to", "no.py", "-o", "new.pt"), "no.py: no such file"),
        ((*WORDS, "no/new.pt"), "no/new.pt: cannot be written: no such folder"),
    ):
        assert told in refused(*words)


def test_folders_instead_of_files(folder: Path) -> None:
    pair()
    for name in ("a.pt", "b.safetensors", "c.py"):
        Path(name).mkdir()
    assert "a.pt: a directory" in refused("a.pt", *WORDS[1:], "new.pt")
    assert "b.safetensors: a directory" in refused("b.safetensors", *WORDS[1:], "n.pt")
    assert "c.py: a directory" in refused(
        "old.pt", "--from", "c.py", *WORDS[3:], "n.pt"
    )
    assert "a.pt: is a directory" in refused(*WORDS, "a.pt")


@pytest.mark.parametrize("name", ["new", "new.bin", "new.py", "-", "new.pt.gz"])
def test_other_names_are_refused(name: str, folder: Path) -> None:
    pair()
    for words in ((*WORDS, name), (name, *WORDS[1:], "new.pt")):
        assert "ends in .safetensors, .pt, .pth" in refused(*words, code=2)


def test_the_output_is_never_the_input_unless_forced(folder: Path) -> None:
    first, net, second = pair()
    os.link("old.pt", "link.pt")
    os.symlink("old.pt", "sym.pt")
    for name in ("old.pt", "./old.pt", "link.pt", "sym.pt"):
        assert f"{name}: is the input" in refused(*WORDS, name)
    works(*WORDS, "old.pt", "--force")
    old, new = by_name(first, net), by_name(second, loaded(second, "old.pt"))
    assert all(torch.equal(new[key], old[key]) for key in old)


def test_a_file_that_is_there_is_kept_unless_forced(folder: Path) -> None:
    pair()
    Path("new.pt").write_bytes(b"mine")
    assert "new.pt: is there already" in refused(*WORDS, "new.pt")
    Path("new.pt").chmod(0o444)
    assert "new.pt: is read-only" in refused(*WORDS, "new.pt", "--force")
    Path("new.pt").chmod(0o644)
    works(*WORDS, "new.pt", "--force")


def test_a_model_is_never_the_output(folder: Path) -> None:
    pair()
    os.link("new.py", "new.pt")
    assert "new.pt: is one of the models" in refused(*WORDS, "new.pt", "--force")


def test_models_that_are_not_ours_are_refused(folder: Path) -> None:
    pair()
    good = Path("old.py").read_bytes()
    for data, told in (
        (b"import torch\n", "not a module that elegansc generated"),
        (b"", "an empty file"),
        (b"\xff\xfe\0\0", "not a module that elegansc generated"),
        (good[: good.index(b"def forward(") + 12], "ot Python"),
        (good.replace(b"self.bias.zero_()", b"self.bias.fill_(1)"), "edited by hand"),
        (edited(good, b'"S1": 3', b'"S9": 3', sign=True), "S9"),
    ):
        for name in ("old.py", "new.py"):
            kept = Path(name).read_bytes()
            Path(name).write_bytes(data)
            assert told in run(*WORDS, "new.pt").stderr, (name, told)
            assert refusal_of(*WORDS, "new.pt").startswith(name)
            Path(name).write_bytes(kept)


def refusal_of(*words: str) -> str:
    """The message; nothing else has changed."""
    before = contents(Path.cwd())
    done = run(*words)
    assert done.exit_code == 1 and contents(Path.cwd()) == before
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_model_is_never_run(folder: Path) -> None:
    """A signed module whose code would leave a folder behind."""
    pair()
    for name in ("old.py", "new.py"):
        bad = b"import os\nos.mkdir('exploded')\nimport torch\nfrom torch import Tensor, nn\n"
        good = b"import torch\nfrom torch import Tensor, nn\n"
        data = edited(Path(name).read_bytes(), good, bad, sign=True)
        Path(name).write_bytes(data)
    works(*WORDS, "new.pt")
    assert not Path("exploded").exists()


@pytest.mark.parametrize(
    "change, told",
    [
        ({"activation": "relu"}, "activation relu against tanh"),
        (
            {"features": 4, "unit": "linear"},
            "features 4 against 1, unit linear against",
        ),
        ({"unit": "linear"}, "unit linear against scalar"),
        ({"merge": "gated"}, "merge gated against sum"),
        ({"feedback": "delay"}, "feedback delay against drop"),
        (
            {"features": 4, "norm": "layer"},
            "features 4 against 1, norm layer against none",
        ),
    ],
    ids=str,
)
def test_options_that_change_a_meaning_are_refused(
    change: dict[str, Any], told: str, folder: Path
) -> None:
    pair()
    model("new.py", replace(toy.ROLES, **change))
    message = refused(*WORDS, "new.pt")
    assert f"new.py: its parameters are not those of old.py: {told}" in message
    assert "compile it with --" in message


def test_options_that_do_no_harm_are_told(folder: Path) -> None:
    _, net, _ = pair()
    other = model("new.py", replace(toy.ROLES, init="counts", min_weight=1.0))
    report = works(*WORDS, "new.pt")
    assert (
        "options   differ, but parameters mean the same: init 'uniform' -> 'counts'"
        in report
    )
    assert "min-weight 0.0 -> 1.0" in report
    assert torch.equal(loaded(other, "new.pt").gain, net.gain)


def test_without_torch_or_safetensors(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair()
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "safetensors.torch", None)
        told = refused(*WORDS, "new.safetensors")
        assert "pip install safetensors" in told
        works(*WORDS, "new.pt")
    monkeypatch.setitem(sys.modules, "torch", None)
    assert "pip install torch" in refused(*WORDS, "other.pt")


def test_a_full_disk_leaves_nothing_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "No space left on device" in refused(*WORDS, "new.pt")
