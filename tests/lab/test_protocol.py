"""The protocol file: what it says is read, what is wrong is said, with its place."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.paths import GENERATED

from elegansc.cli.main import cli
from elegansc.errors import InputError
from elegansc.lab.judging.statistics import graphs_needed
from elegansc.lab.protocol.protocol import Protocol, Run
from elegansc.lab.protocol.reading import read_protocol
from elegansc.lab.protocol.seeds import check_seeds

TEXT = """\
schema = 1
alpha = 0.05

[task.cifar10]
source = "cook2019"
images = 10000
validation = 2000
test = 1000
epochs = 5
batch = 128
lr = 1e-3
weight_decay = 5e-4
augmentation = "flip-crop"
metric = "top1"
margin = 0.01
tests = ["er", "degree"]

[task.cifar10.compile]
features = 16
unit = "linear"

[task.cifar10.arms]
worm = {seeds = 2}
er = {graphs = 3, seeds = 2}
degree = {graphs = 2, seeds = 2}
mlp = {seeds = 1}
"""


def protocol(folder: Path, text: str = TEXT) -> Protocol:
    path = folder / "protocol.toml"
    path.write_text(text)
    return read_protocol(str(path))


def refused(folder: Path, old: str, new: str) -> str:
    assert TEXT.count(old) == 1, old
    with pytest.raises(InputError) as error:
        protocol(folder, TEXT.replace(old, new))
    return str(error.value).replace(str(folder), "")


def test_a_protocol_is_read_and_signed_by_its_bytes(tmp_path: Path) -> None:
    read = protocol(tmp_path)
    (task,) = read.tasks

    assert read.digest == hashlib.sha256(TEXT.encode()).hexdigest()
    assert (read.alpha, read.nan, read.side) == (0.05, "worst", "both")
    assert (task.source, task.images, task.lr) == ("cook2019", 10_000, 1e-3)
    assert (task.options.features, task.options.unit) == (16, "linear")
    assert task.tests == ("er", "degree") and task.higher_is_better
    assert [(arm.name, arm.graphs, arm.seeds) for arm in task.arms] == [
        ("worm", 1, 2),
        ("er", 3, 2),
        ("degree", 2, 2),
        ("mlp", 1, 1),
    ]


def test_a_comment_makes_another_protocol(tmp_path: Path) -> None:
    assert protocol(tmp_path).digest != protocol(tmp_path, "# x\n" + TEXT).digest


def test_runs_are_all_there_once_and_balanced_when_cut_short(tmp_path: Path) -> None:
    runs = list(protocol(tmp_path).runs())

    assert len(runs) == len({*runs}) == 2 + 3 * 2 + 2 * 2 + 1
    assert runs[0] == Run("cifar10", "worm", 0, 0)
    assert {run.graph for run in runs if run.arm in ("worm", "mlp")} == {0}
    assert {run.graph for run in runs if run.arm == "er"} == {1, 2, 3}
    first = runs[:7]  # graph 1 of every arm
    assert [run.arm for run in first] == ["worm"] * 2 + ["er"] * 2 + ["degree"] * 2 + [
        "mlp"
    ]


def test_every_run_has_draws_of_its_own(tmp_path: Path) -> None:
    runs = list(protocol(tmp_path).runs())

    assert len({run.draws for run in runs}) == len(runs)
    assert Run("cifar10", "er", 2, 0).draws == Run("cifar10", "er", 2, 0).draws
    assert all(0 <= run.draws < 2**32 for run in runs)


def test_more_seeds_of_the_worm_come_last(tmp_path: Path) -> None:
    text = TEXT.replace("worm = {seeds = 2}", "worm = {seeds = 2, more_seeds = 3}")
    runs = list(protocol(tmp_path, text).runs())

    assert runs[-3:] == [Run("cifar10", "worm", 0, seed) for seed in (2, 3, 4)]
    assert len(runs) == len({*runs}) == 16


ONE = TEXT.replace("seeds = 2", "seeds = 1")


def test_a_rank_test_on_one_seed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        protocol(tmp_path, ONE.replace("schema = 1", "schema = 2"))

    said = str(error.value)
    assert "protocol.toml:16: task.cifar10.tests: a rank test on one seed" in said
    assert "write seeds = 3" in said and "tests = []" in said
    described = ONE.replace("schema = 1", "schema = 2").replace('"er", "degree"', "")
    assert protocol(tmp_path, described).tasks[0].arm("worm").seeds == 1
    assert protocol(tmp_path, TEXT.replace("schema = 1", "schema = 2")).tasks


def test_an_old_protocol_on_one_seed_is_read_but_not_run_unasked(
    tmp_path: Path,
) -> None:
    old = protocol(tmp_path, ONE)

    with pytest.raises(InputError, match="--one-seed runs an old protocol"):
        check_seeds(old)
    check_seeds(protocol(tmp_path))
    figure2 = read_protocol(str(GENERATED / "figure2" / "protocol.toml"))
    with pytest.raises(InputError, match="one seed"):
        check_seeds(figure2)


def test_compare_refuses_one_seed_before_any_work(tmp_path: Path) -> None:
    protocol(tmp_path, ONE)
    words = ["lab", "compare", tmp_path / "protocol.toml", "--data", tmp_path]
    words += ["-o", tmp_path / "out"]
    refused = CliRunner().invoke(cli, [*map(str, words)])

    assert refused.exit_code == 1 and "a rank test on one seed" in refused.output
    allowed = CliRunner().invoke(cli, [*map(str, words), "--one-seed"])
    assert allowed.exit_code == 1 and "one seed" not in allowed.output  # no images


def test_nothing_need_be_tested(tmp_path: Path) -> None:
    read = protocol(tmp_path, TEXT.replace('["er", "degree"]', "[]"))

    assert read.tasks[0].tests == ()


def test_a_file_is_relative_to_the_protocol(tmp_path: Path) -> None:
    read = protocol(tmp_path, TEXT.replace('"cook2019"', '"my/worm.csv"'))

    assert read.tasks[0].source == str(tmp_path / "my/worm.csv")


@pytest.mark.parametrize(
    "old, new, place, words",
    [
        ("epochs = 5", "epoch = 5", ":9", "did you mean epochs?"),
        ("epochs = 5", "epochs = 5.0", ":9", "a whole number"),
        ("epochs = 5", "epochs = 0", ":9", "from 1 to"),
        ("epochs = 5", "epochs = true", ":9", "a whole number"),
        ("epochs = 5\n", "", ":4", "task.cifar10.epochs: is missing"),
        ("lr = 1e-3", "lr = nan", ":11", "more than 0"),
        ("margin = 0.01", "margin = 0", ":15", "more than 0"),
        ("alpha = 0.05", "alpha = 0.9", ":2", "to 0.5"),
        ("schema = 1", "schema = 3", ":1", "schema"),
        ('metric = "top1"', 'metric = "f1"', ":14", "'f1' is none of cifar10"),
        ('["er", "degree"]', '["er", "ws"]', ":16", "'ws' is no generator"),
        ('["er", "degree"]', '["er", "er"]', ":16", "named twice"),
        ('["er", "degree"]', "[1]", ":16", "1 is no generator"),
        ("graphs = 3, seeds = 2", "graphs = 3, seeds = 3", ":24", "the worm 2"),
        ("worm = {seeds = 2}", "worm = {seeds = 2, graphs = 2}", ":23", "graphs"),
        ("worm = {seeds = 2}\n", "", ":22", "no worm"),
        ("mlp = {seeds", "mpl = {seeds", ":26", "no such arm"),
        ('unit = "linear"', 'unit = "spiking"', ":18", "--unit"),
        ("features = 16", 'task = "cifar10"', ":19", "leave it out"),
        ("features = 16", "feature = 16", ":18", "no option 'feature'"),
        ("[task.cifar10]", "[task.imagenet]", ":4", "no such task"),
        (
            "images = 10000",
            'task = "mnits"\nimages = 10000',
            ":6",
            "no such task: 'mnits'",
        ),
        ("[task.cifar10]", '[task."../up"]', "", "no label of a task"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, place: str, words: str
) -> None:
    said = refused(tmp_path, old, new)

    assert words in said
    assert f"/protocol.toml{place}: " in said


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    text = TEXT.replace("epochs = 5", "epochs = 0").replace("test = 1000", "test = 0")
    with pytest.raises(InputError) as error:
        protocol(tmp_path, text)

    assert len(error.value.mistakes) == 2


@pytest.mark.parametrize("text", ["alpha = ", "\xff", "schema = 1\nschema = 1\n"])
def test_what_is_no_toml_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "protocol.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match="no TOML"):
        read_protocol(str(path))


def test_a_protocol_without_a_task_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="task"):
        protocol(tmp_path, "schema = 1\n")


@pytest.mark.parametrize("name", ["protocol", "full"])
def test_the_protocols_of_figure_2_can_come_to_a_result(name: str) -> None:
    path = GENERATED / "figure2" / f"{name}.toml"
    read = read_protocol(str(path))

    family = [task.arm(test) for task in read.tasks for test in task.tests]
    for arm in family:
        assert arm.graphs >= graphs_needed(read.alpha, read.side, len(family))


def with_positions(folder: Path, arm: bool, line: str) -> Protocol:
    text = TEXT.replace('source = "cook2019"\n', f'source = "cook2019"\n{line}')
    twins = "degree-distance = {graphs = 2, seeds = 2}\nmlp"
    return protocol(folder, text.replace("mlp", twins) if arm else text)


def test_degree_distance_takes_positions(tmp_path: Path) -> None:
    (task,) = with_positions(tmp_path, True, 'positions = "xyz.csv"\n').tasks
    assert task.positions == str(tmp_path / "xyz.csv")
    assert task.arm("degree-distance").random
    assert protocol(tmp_path).tasks[0].positions == ""


@pytest.mark.parametrize(
    ("arm", "line", "seen"),
    [
        (True, "", ":26: task.cifar10.arms.degree-distance: it asks for positions"),
        (False, 'positions = "x.csv"\n', ":6: task.cifar10.positions: no arm degree-"),
        (True, 'positions = ""\n', ":6: task.cifar10.positions: ''"),
        (True, "positions = 3\n", ":6: task.cifar10.positions: 3"),
    ],
)
def test_positions_and_their_arm_go_together(
    tmp_path: Path, arm: bool, line: str, seen: str
) -> None:
    with pytest.raises(InputError) as error:
        with_positions(tmp_path, arm, line)
    assert seen in str(error.value)


def test_tasks_of_one_kind_stand_under_labels(tmp_path: Path) -> None:
    table = TEXT.split("\n", 3)[3]
    other = table.replace("[task.cifar10", "[task.shallow").replace(
        "images = 10000", 'task = "cifar10"\nimages = 10000'
    )
    found = protocol(tmp_path, TEXT + other.replace("features = 16", "features = 8"))

    first, second = found.tasks
    assert (first.name, first.kind) == ("cifar10", "cifar10")
    assert (second.name, second.kind) == ("shallow", "cifar10")
    assert second.options.task == "cifar10" and second.options.features == 8
    assert first.sample == second.sample
    assert {run.task for run in found.runs()} == {"cifar10", "shallow"}
    draws = [run.draws for run in found.runs()]
    assert len({*draws}) == len(draws)
