"""Binder's installation steps, run in a clean virtual environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_binder_has_what_repo2docker_reads():
    lines = (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert lines[-2:] == ["-c ../constraints.txt", "-r ../requirements-book.txt"]
    assert os.access(ROOT / "binder" / "postBuild", os.X_OK)
    assert (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").startswith("python-3.")


@pytest.mark.slow
def test_binder_installs_in_a_clean_environment(tmp_path):
    """A copy of the repository, as Binder clones it; its steps from the top of the repository."""
    clone = tmp_path / "repository"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    binaries = tmp_path / "env" / "bin"
    environment = os.environ | {"PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}
    environment["JUPYTER_DATA_DIR"] = str(tmp_path / "data")

    def run(*command):
        subprocess.run(command, cwd=clone, env=environment, check=True)

    run(binaries / "python", "-m", "pip", "install", "-q", "-r", "binder/requirements.txt")
    run("binder/postBuild")
    run(binaries / "python", "-c", "import notebooklib.interactive, jupyterlab_myst, torch")
    run(binaries / "python", "-c", "import torch; assert torch.version.cuda is None")
