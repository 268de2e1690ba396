"""The tables follow FACTS; older records are brought forward, newer ones refused."""

import duckdb
import pytest
import readings
from readings import DAY, NOW, SHOP, item_day, opened, reading, shop_days

from storeops.errors import RecordError
from storeops.facts import FACTS
from storeops.history import schema
from storeops.history.sql import quoted, run


def columns(path, table):
    with duckdb.connect(str(path)) as connection:
        rows = run(
            connection,
            "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? "
            "ORDER BY column_index",
            [table],
        )
    return dict(rows)


def test_tables_have_the_columns_of_facts(tmp_path):
    opened(tmp_path / "h.duckdb").close()
    for fact in FACTS.values():
        for table in (fact.name, schema.superseded(fact)):
            assert columns(tmp_path / "h.duckdb", table) == schema.columns_of(fact)
    kinds = schema.columns_of(FACTS["shop_daily"])
    assert kinds["paid_amount"] == "DECIMAL(18,2)"
    assert kinds["mobile_paid_amount"] == "DECIMAL(18,2)"
    assert kinds["visitors"] == "DOUBLE"
    assert kinds["date"] == "DATE"


def test_a_record_that_lacks_a_column_and_a_fact_gets_them_and_keeps_its_rows(tmp_path):
    path = tmp_path / "h.duckdb"
    with opened(path) as history:
        history.record([reading("a.xls", item_day(DAY, 3))], signature="a")
    with duckdb.connect(str(path)) as connection:
        run(connection, "ALTER TABLE item_daily DROP COLUMN bounce_rate")
        run(connection, "ALTER TABLE superseded_item_daily DROP COLUMN bounce_rate")
        run(connection, "DROP TABLE ad_daily")
        schema.set_property(connection, "facts", "an earlier vocabulary")
    with opened(path, read_only=True) as history:
        assert len(history.window(SHOP, DAY).tables["item_daily"]) == 3
    assert columns(path, "item_daily").keys() == schema.columns_of(FACTS["item_daily"]).keys()
    assert columns(path, "ad_daily") == schema.columns_of(FACTS["ad_daily"])
    with opened(path) as history:
        again = item_day(DAY, 3, seed=1, columns=["bounce_rate"])
        history.record([reading("b.xls", again, modified=5_000)], signature="a")
        assert "bounce_rate" in history.window(SHOP, DAY).tables["item_daily"]


def week(last, visitors, days="7", **changed):
    row = {"date": last, "days": days, "visitors": visitors, "paid_amount": 700.0, **changed}
    return readings.table("shop_period", [row])


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_record_from_before_periods_takes_a_week_and_keeps_its_days(tmp_path, version):
    path = tmp_path / "h.duckdb"
    with opened(path) as history:
        history.record([reading("a.xls", shop_days(DAY, [10.0], visitors=5.0))], signature="a")
    with duckdb.connect(str(path)) as connection:
        for name in ("shop_period", "superseded_shop_period"):
            run(connection, f"DROP TABLE {name}")
        if version == "1":
            for name in ("kept_state", "judgement"):
                run(connection, f"DROP TABLE {name}")
        schema.set_property(connection, "version", version)
        schema.set_property(connection, "facts", "an earlier vocabulary")
    with opened(path, read_only=True) as history:
        assert history.window(SHOP, DAY).tables.keys() == {"shop_daily"}
    assert columns(path, "shop_period") == schema.columns_of(FACTS["shop_period"])
    with opened(path) as history:
        history.record([reading("w.xlsx", week(DAY, 30.0))], signature="a")
        history.record([reading("m.xlsx", week(DAY, 90.0, days="30"))], signature="a")
        history.record([reading("n.xlsx", week(DAY, 31.0), modified=9_000)], signature="a")
        found = history.window(SHOP, DAY).tables
        assert found["shop_daily"]["visitors"].tolist() == [5.0]
        told = dict(
            zip(found["shop_period"]["days"], found["shop_period"]["visitors"], strict=True)
        )
        assert told == {"30": 90.0, "7": 31.0}


def make_version_zero(path):
    """A record from before the first version: settings under another name."""
    with opened(path) as history:
        history.record([reading("a.xls", item_day(DAY, 3))], signature="a")
        history.remember("attribution", "first")
    with duckdb.connect(str(path)) as connection:
        run(connection, "ALTER TABLE setting RENAME TO answer")
        schema.set_property(connection, "version", "0")


def test_migrations_run_once_and_in_order(tmp_path, monkeypatch):
    path = tmp_path / "h.duckdb"
    make_version_zero(path)
    ran = []

    def rename(connection):
        ran.append(1)
        run(connection, "ALTER TABLE answer RENAME TO setting")

    def add(connection):
        ran.append(2)
        run(connection, "INSERT INTO setting VALUES ('added', 'yes')")

    monkeypatch.setattr(
        schema, "MIGRATIONS", (schema.Migration(1, rename), schema.Migration(2, add))
    )
    monkeypatch.setattr(schema, "VERSION", 2)
    for _ in range(2):
        with opened(path, read_only=True) as history:
            assert history.setting("attribution") == "first"
            assert history.setting("added") == "yes"
            assert len(history.window(SHOP, DAY).tables["item_daily"]) == 3
    assert ran == [1, 2]


def test_a_migration_that_fails_leaves_the_old_version(tmp_path, monkeypatch):
    path = tmp_path / "h.duckdb"
    make_version_zero(path)

    def fail(connection):
        run(connection, "ALTER TABLE answer RENAME TO setting")
        raise RuntimeError("half way")

    monkeypatch.setattr(schema, "MIGRATIONS", (schema.Migration(1, fail),))
    with pytest.raises(RuntimeError):
        opened(path)
    with duckdb.connect(str(path)) as connection:
        assert schema.get_property(connection, "version") == "0"
        assert run(connection, "SELECT value FROM answer") == [("first",)]


@pytest.mark.parametrize("read_only", [True, False])
def test_a_newer_record_is_refused_untouched(tmp_path, read_only):
    path = tmp_path / "h.duckdb"
    opened(path).close()
    with duckdb.connect(str(path)) as connection:
        schema.set_property(connection, "version", str(schema.VERSION + 1))
    before = path.read_bytes()
    with pytest.raises(RecordError) as caught:
        opened(path, read_only=read_only)
    assert caught.value.problem.id == "record.newer"
    assert caught.value.problem.args == {
        "found": str(schema.VERSION + 1),
        "known": str(schema.VERSION),
    }
    assert path.read_bytes() == before


def test_another_programs_database_is_left_alone(tmp_path):
    path = tmp_path / "h.duckdb"
    with duckdb.connect(str(path)) as connection:
        run(connection, "CREATE TABLE mine AS SELECT 42 AS answer")
    with pytest.raises(RecordError) as caught:
        opened(path)
    assert caught.value.problem.id == "record.foreign"
    assert columns(path, "mine") == {"answer": "INTEGER"}
    assert columns(path, "item_daily") == {}


def test_reading_needs_a_record(tmp_path):
    with pytest.raises(RecordError) as caught:
        opened(tmp_path / "h.duckdb", read_only=True)
    assert caught.value.problem.id == "record.absent"
    assert not (tmp_path / "h.duckdb").exists()


def test_the_moment_needs_a_time_zone(tmp_path):
    with pytest.raises(ValueError, match="time zone"):
        opened(tmp_path / "h.duckdb", now=NOW.replace(tzinfo=None))


def test_only_plain_names_become_sql():
    assert quoted("date", "row") == '"date", "row"'
    with pytest.raises(ValueError, match="not a column name"):
        quoted('x"; DROP TABLE item_daily; --')
