"""The abstract tests of OGC API – Features Part 1 (edition 1.0.1): which there are and are checked; OGC's schemas."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from tests.conftest import SHARED_DATA

STANDARD = SHARED_DATA / "ogcapi-features-1"
SCHEMAS = STANDARD / "openapi" / "schemas"
CHECKED: dict[str, str] = {}
Test = TypeVar("Test", bound=Callable[..., None])


def checks(name: str) -> Callable[[Test], Test]:
    """Mark the test that checks an abstract one."""

    def register(test: Test) -> Test:
        assert name not in CHECKED, f"{name} is checked twice"
        CHECKED[name] = test.__name__
        return test

    return register


def all_abstract_tests() -> set[str]:
    """Return the names of all of them."""
    lines = (STANDARD / "abstract_tests_index_1.0.1.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {line.split("\t")[0] for line in lines}


def _local(uri: str) -> Resource[Any]:
    path = SCHEMAS / Path(uri).name
    return Resource.from_contents(yaml.safe_load(path.read_text(encoding="utf-8")), default_specification=DRAFT4)


REGISTRY: Registry[Any] = Registry(retrieve=_local)


def faults(document: Any, schema: str) -> list[str]:
    """Return what is wrong with a document by one of OGC's schemas."""
    contents = yaml.safe_load((SCHEMAS / f"{schema}.yaml").read_text(encoding="utf-8"))
    validator = OAS30Validator(contents, registry=REGISTRY)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
