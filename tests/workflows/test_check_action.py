"""The action for pull requests, in scratch repositories; only what posts is a stub."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.paths import ROOT

from elegansc.cli.main import cli

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
ACTION = ROOT / ".github" / "actions" / "check"
EDGES = "pre,post,weight\nASEL,AIYL,3\nAIYL,SMDVR,2\n"
MARK = "<!-- elegansc check -->"
GH = """#!{python}
# gh of GitHub's runners, as far as the action calls it: comments are files of a folder.
import json, pathlib, sys
folder = pathlib.Path({folder!r})
words = sys.argv[1:]
assert words[0] == "api", words
path = next(word for word in words if word.startswith("repos/"))
with (folder / "calls").open("a") as file:
    print(json.dumps(words), file=file)
if (folder / "forbidden").exists():
    sys.exit("gh: Resource not accessible by integration (HTTP 403)")
if "--jq" in words:
    asked = words[words.index("--jq") + 1]
    mark = asked.split('startswith("')[1].split('")')[0]
    assert asked == '.[] | select(.body | startswith("%s")) | .id' % mark
    assert path == "repos/lab/worm/issues/7/comments"
    for comment in sorted(folder.glob("*.md")):
        if comment.read_text().startswith(mark):
            print(comment.stem)
    sys.exit()
method = words[words.index("--method") + 1]
body = pathlib.Path(words[words.index("-F") + 1].removeprefix("body=@")).read_text()
if method == "PATCH":
    number = path.removeprefix("repos/lab/worm/issues/comments/")
    assert (folder / (number + ".md")).exists()
else:
    assert (method, path) == ("POST", "repos/lab/worm/issues/7/comments")
    number = str(100 + len(list(folder.glob("*.md"))))
(folder / (number + ".md")).write_text(body)
"""


def git(*words: str) -> str:
    """Run git in the working directory."""
    named = ["-c", "user.name=A. Sulston", "-c", "user.email=worm@example.org"]
    command = ["git", *named, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Runner:
    """A runner's surroundings: programs on the PATH, comments, a summary."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.comments = folder, folder / "comments"
        self.comments.mkdir(parents=True)
        (folder / "bin").mkdir()
        python = shlex.quote(sys.executable)
        self.program("elegansc", f'#!/bin/sh\nexec {python} -m elegansc "$@"\n')
        self.program("gh", GH.format(python=sys.executable, folder=str(self.comments)))
        self.base = git("rev-parse", "HEAD").strip()

    def program(self, name: str, text: str) -> None:
        """Put a program on the PATH."""
        path = self.folder / "bin" / name
        path.write_text(text)
        path.chmod(0o755)

    def run(self, **inputs: str) -> tuple[int, str]:
        """Exit code and report of the script."""
        surroundings = {key: word for key, word in os.environ.items() if not key.startswith(("GIT_", "GITHUB_"))}  # fmt: skip
        report = self.folder / "report.md"
        surroundings |= {
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_REPOSITORY": "lab/worm",
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "REPORT": str(report),
            "BASE": self.base,
            "COMMENT": "true",
            "PULL": "7",
            **inputs,
        }
        command = ["bash", str(ACTION / "check.sh")]
        done = subprocess.run(command, env=surroundings, capture_output=True, text=True)
        self.said = done.stdout + done.stderr
        assert report.read_text() in done.stdout
        return done.returncode, report.read_text()

    def posted(self) -> dict[str, str]:
        """The comments on the pull request."""
        return {
            path.stem: path.read_text() for path in sorted(self.comments.glob("*.md"))
        }


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """A clone with `worm.csv` and its model `models/worm.py`, on a branch of its own."""
    (tmp_path / "work" / "models").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work")
    for key in [key for key in os.environ if key.startswith("GIT_")]:
        monkeypatch.delenv(key)
    Path("worm.csv").write_text(EDGES)
    Path("other.py").write_text("import torch\n")
    elegansc("compile", "worm.csv", "-o", "models/worm.py", "-q")
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "first")
    return Runner(tmp_path / "runner")


def elegansc(*words: str) -> None:
    """Run elegansc in the working directory."""
    command = [sys.executable, "-m", "elegansc", *words]
    subprocess.run(command, check=True, capture_output=True)


def grow() -> None:
    """A synapse more in the connectome."""
    with Path("worm.csv").open("a") as file:
        file.write("ASEL,SMDVR,4\n")


@pytest.mark.slow
def test_a_fresh_change_is_reported_once_and_then_in_place(runner: Runner) -> None:
    runner.comments.joinpath("5.md").write_text("A human says: nice worm.\n")
    grow()
    elegansc("update", "models/worm.py", "-q")
    code, report = runner.run()
    assert code == 0 and report.startswith(f"{MARK}\n### Generated models\n")
    assert "models/worm.py: fresh" in report and "other.py" not in report
    assert "| ASEL | SMDVR |" in report or "ASEL" in report.split("fresh")[1]
    assert list(runner.posted()) == ["101", "5"]
    assert runner.posted()["101"] == report == (runner.folder / "summary").read_text()
    said = (runner.folder / "output").read_text()
    assert said == f"report={runner.folder / 'report.md'}\n"

    grow()
    code, later = runner.run()
    assert code == 1 and "models/worm.py: out of date" in later
    assert runner.posted() == {"5": "A human says: nice worm.\n", "101": later}


@pytest.mark.slow
def test_a_stale_or_edited_model_fails(runner: Runner) -> None:
    model = Path("models/worm.py")
    whole = model.read_text()
    model.write_text(whole.replace("torch.tanh(", "torch.sin("))
    code, report = runner.run()
    assert code == 1 and "edited" in report
    model.write_text(whole)
    assert runner.run()[0] == 0
    grow()
    assert runner.run()[0] == 1


@pytest.mark.slow
def test_a_new_model_no_model_and_chosen_models(runner: Runner) -> None:
    Path("it's new.csv").write_text(EDGES)
    elegansc("compile", "it's new.csv", "-o", "models/it's new.py", "-q")
    git("add", ".")
    code, report = runner.run()
    assert code == 0 and "`models/it's new.py` is new." in report
    code, report = runner.run(MODELS="models/worm.py\n\n")
    assert code == 0 and "new.py" not in report and "worm.py" in report
    code, report = runner.run(MODELS="nothing/*.py")
    assert code == 0 and "No file here was generated by elegansc." in report
    assert runner.run(BASE="")[0] == 0


@pytest.mark.slow
def test_a_comment_refused_is_no_failure_and_none_is_asked_in_vain(
    runner: Runner,
) -> None:
    assert runner.run(COMMENT="false")[0] == runner.run(PULL="")[0] == 0
    assert not (runner.comments / "calls").exists()
    (runner.comments / "forbidden").touch()
    assert runner.run()[0] == 0
    assert "::warning::" in runner.said and not runner.posted()


@pytest.mark.slow
def test_a_long_report_is_cut_in_the_comment_alone(runner: Runner) -> None:
    long = "\u2192" * 30_000  # three bytes each
    runner.program("elegansc", f"#!/bin/sh\necho 'models/worm.py: fresh {long}'\n")
    code, report = runner.run()
    (posted,) = runner.posted().values()
    assert code == 0 and len(report.encode()) > 90_000
    assert len(posted) < 65_536 and posted.startswith(MARK)
    assert posted.endswith("the rest stands in the summary of the run.\n")


# The files themselves


def loaded(path: Path) -> Any:
    """A YAML file; a key that stands twice is an error."""

    class Loader(yaml.SafeLoader):
        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            keys = [self.construct_object(key) for key, _ in node.value]
            assert len(keys) == len(set(map(str, keys))), f"{path}: a key twice"
            return super().construct_mapping(node, deep)

    return yaml.load(path.read_text(), Loader)


def test_the_action_has_known_keys_and_documented_inputs() -> None:
    action = loaded(ACTION / "action.yml")
    known = {"name", "description", "author", "branding", "inputs", "outputs", "runs"}
    assert action.keys() <= known
    text = (ACTION / "action.yml").read_text()
    page = (ROOT / "docs" / "ci.md").read_text()
    for name, given in action["inputs"].items():
        assert given.keys() <= {"description", "default", "required"}
        assert given["description"].strip() and "default" in given
        assert f"inputs.{name} " in text, f"{name} is not read"
        assert f"| `{name}` |" in page
    assert action["runs"]["using"] == "composite"
    for step in action["runs"]["steps"]:
        assert step.keys() <= {"name", "id", "shell", "env", "run"}
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "a value of others would become code"
    script = (ACTION / "check.sh").read_text()
    passed = action["runs"]["steps"][1]["env"].keys() - {"GH_TOKEN"}
    assert passed <= set(re.findall(r"\$\{?([A-Z_]+)", script))
    assert os.access(ACTION / "check.sh", os.X_OK)


def test_our_workflow_runs_what_a_contributor_runs() -> None:
    flow = loaded(ROOT / ".github" / "workflows" / "ci.yml")
    flow["on"] = flow.pop(True)  # YAML 1.1 reads `on` as true
    assert flow.keys() == {"name", "on", "permissions", "jobs"}
    assert flow["permissions"] == {"contents": "read"}
    (job,) = flow["jobs"].values()
    assert job.keys() == {"runs-on", "timeout-minutes", "steps"}
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def blocks() -> list[Any]:
    """The YAML blocks of the page on CI: GitHub, GitLab, pre-commit."""
    page = (ROOT / "docs" / "ci.md").read_text()
    found = re.findall(r"^```yaml\n(.*?)^```", page, re.M | re.S)
    return [yaml.safe_load(block) for block in found]


def test_the_page_shows_inputs_and_hooks_that_exist() -> None:
    github, gitlab, commit = blocks()
    (job,) = github["jobs"].values()
    used = job["steps"][-1]
    assert used["uses"].partition("@")[0] == "OWNER/elegansc/.github/actions/check"
    inputs = loaded(ACTION / "action.yml")["inputs"]
    assert used.get("with", {}).keys() <= inputs.keys()
    assert github["permissions"]["pull-requests"] == "write"
    hooks = {hook["id"] for hook in commit["repos"][0]["hooks"]}
    ours = loaded(ROOT / ".pre-commit-hooks.yaml")
    assert hooks == {hook["id"] for hook in ours}
    for hook in ours:
        known = {"id", "name", "description", "entry", "language", "types", "files", "require_serial"}  # fmt: skip
        assert hook.keys() <= known
        assert shlex.split(hook["entry"])[1] in cli.commands
    (job,) = gitlab.values()
    assert job.keys() <= {
        "image",
        "rules",
        "variables",
        "before_script",
        "script",
        "artifacts",
    }


@pytest.mark.slow
def test_the_job_for_gitlab_runs(runner: Runner) -> None:
    (job,) = blocks()[1].values()
    git("remote", "add", "origin", str(Path.cwd()))
    grow()
    elegansc("update", "models/worm.py", "-q")
    surroundings = {
        **os.environ,
        "PATH": f"{runner.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": runner.base,
        **job["variables"],
    }
    script = "\n".join(["set -eo pipefail", *job["script"]])
    command = ["bash", "-c", script]
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "models/worm.py: fresh" in done.stdout
    assert "ASEL" in Path(job["artifacts"]["paths"][0]).read_text()
    grow()
    again = subprocess.run(command, env=surroundings, capture_output=True, text=True)
    assert again.returncode == 1 and "out of date" in again.stdout


@pytest.mark.slow
def test_pre_commit_runs_every_hook(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the hooks say, but with this elegansc; update mends what status refuses."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(runner.folder / "home"))
    hooks = [
        dict(hook, language="system")
        for hook in loaded(ROOT / ".pre-commit-hooks.yaml")
    ]
    for hook in hooks:
        hook["entry"] = hook["entry"].replace(
            "elegansc", f"{sys.executable} -m elegansc", 1
        )
    config = {"repos": [{"repo": "local", "hooks": hooks}]}
    Path(".pre-commit-config.yaml").write_text(json.dumps(config))
    git("add", ".")

    def outcome() -> dict[str, bool]:
        command = [sys.executable, "-m", "pre_commit", "run"]
        done = subprocess.run(command, capture_output=True, text=True)
        words = {hook["name"]: hook["id"] for hook in hooks}
        lines = re.findall(
            r"^(.+?)\.{3,}(?:\([^)]*\))?(Passed|Failed|Skipped)$", done.stdout, re.M
        )
        assert len(lines) == 3, done.stdout + done.stderr
        return {
            words[name].removeprefix("elegansc-"): word != "Failed"
            for name, word in lines
        }

    grow()
    git("add", ".")
    assert outcome() == {"lint": True, "status": False, "update": False}
    git("add", ".")
    assert outcome() == {"lint": True, "status": True, "update": True}
    model = Path("models/worm.py")
    edited = model.read_text().replace("torch.tanh(", "torch.sin(")
    model.write_text(edited)
    grow()
    git("add", ".")
    assert outcome()["update"] is False and model.read_text() == edited
