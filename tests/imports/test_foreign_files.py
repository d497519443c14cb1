"""533 broken, hostile and legal files go through the import: none crashes it, none is taken by half."""

import csv
import json

import pytest
from shapely import MultiPolygon, box
from sqlalchemy import func, select

from participation.contributions.models import Contribution
from participation.database import db, spatial_index_problems
from participation.geodata.checking import check_geometry
from participation.geodata.errors import GeodataError
from participation.geodata.reading import read_feature_collection
from participation.imports.commands import import_file
from tests.conftest import SHARED_DATA

CASES = SHARED_DATA / "geojson-cases"


def case_files():
    with (CASES / "index.tsv").open(encoding="utf-8") as index:
        return [CASES / row["file"] for row in csv.DictReader(index, delimiter="\t")]


EVERYWHERE = MultiPolygon([box(-180, -90, 180, 90)])


def legal_features(file):
    """Return how many features the file has if each of them may be taken; None if any of them, or the file, may not."""
    try:
        features = read_feature_collection(file.read_bytes())
        for feature in features:
            assert not feature.problems
            if feature.geometry is not None:
                check_geometry(feature.geometry)
    except (GeodataError, AssertionError):
        return None
    return len(features)


def test_each_foreign_file_comes_in_as_a_whole_or_not_at_all_and_none_crashes(app, make_proceeding):
    make_proceeding("cases", project_area=EVERYWHERE)
    runner = app.test_cli_runner()
    texts = ["--title-default", "Aus einer Datei", "--text-default", "Ein Ort, mehr nicht."]
    wrong = []
    stored = 0
    files = case_files()
    assert len(files) == 533
    for number, file in enumerate(files):
        arguments = ["cases", str(file), "--category-default", "green", *texts, "--source", str(number)]
        is_csv = file.suffix == ".csv"
        legal = None if is_csv else legal_features(file)
        for more in (["--dry-run"], []):
            result = runner.invoke(import_file, [*arguments, *more])
            if result.exception and not isinstance(result.exception, SystemExit):
                wrong.append(f"{file.name}: {result.exception!r}")
            if (result.exit_code == 0) is (legal is None):
                wrong.append(f"{file.name}: legal features {legal}, but {result.output}")
        with app.app_context():
            now = db.session.scalar(select(func.count()).select_from(Contribution))
        if now - stored != (legal or 0):
            wrong.append(f"{file.name}: {now - stored} rows came in instead of {legal}")
        stored = now
    assert wrong == []
    assert stored > 60
    with app.app_context(), db.engine.connect() as connection:
        assert spatial_index_problems(connection) == []


POINT = {"type": "Point", "coordinates": [12.37, 51.34]}
CLOCKWISE = [[12.370, 51.341], [12.370, 51.342], [12.371, 51.342], [12.371, 51.341], [12.370, 51.341]]
BOW_TIE = [[12.37, 51.341], [12.372, 51.343], [12.372, 51.341], [12.37, 51.343], [12.37, 51.341]]


@pytest.mark.parametrize("geometry, is_taken", [
    (POINT, True),
    ({"type": "Polygon", "coordinates": [CLOCKWISE]}, True),
    ({"type": "Polygon", "coordinates": [BOW_TIE]}, False),
    ({"type": "Point", "coordinates": [1237, 51.34]}, False),
    (None, True),
])  # fmt: skip
def test_a_feature_is_taken_as_the_form_would_take_it(app, make_proceeding, tmp_path, geometry, is_taken):
    make_proceeding("cases")
    file = tmp_path / "one.geojson"
    properties = {"title": "Ein Titel", "text": "Ein Text dazu."}
    feature = {"type": "Feature", "id": "a", "geometry": geometry, "properties": properties}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    result = app.test_cli_runner().invoke(import_file, ["cases", str(file), "--category-default", "green"])
    assert (result.exit_code == 0) is is_taken, result.output
    with app.app_context():
        contributions = db.session.scalars(select(Contribution)).all()
    assert len(contributions) == is_taken
    if is_taken and contributions[0].geometry_kind == "area":
        assert contributions[0].geometry.exterior.is_ccw
