"""Spark where it cannot run: told in words, with what to install or check. What it gives is tested beside DuckDB."""

import importlib.util
import os
import shutil
import subprocess
import sys

import pytest

from allcomers.engine.spark import SparkEngine
from allcomers.exceptions import EngineUnavailableError


def test_without_pyspark_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(EngineUnavailableError, match=r"pip install 'allcomers\[spark\]'"):
        SparkEngine()


def test_without_java_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(EngineUnavailableError, match=r"no Java.*openjdk-17"):
        SparkEngine()


def test_a_cluster_that_does_not_answer_is_told_at_once():
    """Port 9 of this machine is the discard service, which nothing runs any more."""
    with pytest.raises(EngineUnavailableError, match=r"spark://127.0.0.1:9: no Spark answers"):
        SparkEngine("spark://127.0.0.1:9")


@pytest.mark.parametrize("master", ["spark://127.0.0.1:9,127.0.0.1:10", "spark://127.0.0.1:seven"])
def test_of_several_masters_one_has_to_answer(master):
    with pytest.raises(EngineUnavailableError, match="no Spark answers"):
        SparkEngine(master)


def test_a_java_that_is_not_there_is_named():
    """In a process of its own: Java starts once in each."""
    asked = (
        "from allcomers.engine.spark import SparkEngine\n"
        "try:\n    SparkEngine()\nexcept Exception as error:\n    print(type(error).__name__, error)"
    )
    here = {**os.environ, "JAVA_HOME": "/nowhere"}
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, env=here)
    assert "EngineUnavailableError" in done.stdout
    assert "/nowhere/bin/java" in done.stdout
    assert done.stderr == ""


def test_pyspark_is_not_imported_until_it_is_used():
    """An analyst without Java or PySpark uses everything else."""
    asked = "import sys, allcomers.engine.spark; print('pyspark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout.strip() == "False"
