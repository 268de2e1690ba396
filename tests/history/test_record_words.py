"""Every message of the record has words in both languages, with the same arguments."""

import re
from pathlib import Path
from string import Formatter

import yaml

import storeops

PACKAGE = Path(storeops.__file__).parent


def words(language):
    path = PACKAGE / "lang" / language / "record.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_messages_and_catalogues_agree():
    code = "".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "history").glob("*.py"))
    used = set(re.findall(r'"(record\.[a-z_.]+)"', code))
    zh, en = words("zh"), words("en")
    assert zh.keys() == en.keys()
    assert used <= zh.keys()
    assert len(used) > 10
    for name, template in zh.items():
        fields = {field for _, field, _, _ in Formatter().parse(template) if field}
        assert fields == {field for _, field, _, _ in Formatter().parse(en[name]) if field}, name
