"""The mail as bytes, read back by a strict parser."""

from __future__ import annotations

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import NOW

from storeops.delivery.letter import addresses, compose, identity
from storeops.delivery.parcel import Enclosure, Parcel
from storeops.errors import StoreopsError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PICTURE = Enclosure(
    "走势.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "trend@storeops"
)
BOOK = Enclosure(
    "一叶旗舰店 日报 2025-11-20（含竞品、广告与明细）.xlsx", XLSX, b"PK\3\4" + bytes(range(256)) * 9
)
SUBJECT = "一叶旗舰店 11月20日：访客少了18%，支付金额少了4.3万元，主要是手淘搜索少了，先看三件事"
FULL = Parcel(
    SUBJECT,
    "正文第一行\n" + "很长的一行" * 300 + "\nascii " + "x" * 2000 + "\n",
    "<p>正文</p><img src='cid:trend@storeops'>" + "<td>长</td>" * 500,
    (PICTURE, BOOK),
)  # fmt: skip


def read(data: bytes) -> EmailMessage:
    """Parse so that every defect raises."""
    mail = BytesParser(policy=policy.strict).parsebytes(data)
    for part in mail.walk():
        assert part.defects == []
        for value in part.values():
            assert value.defects == ()
    return mail  # type: ignore[return-value]


def written(parcel: Parcel = FULL, to: str = "boss@example.com", message_id: str = "day-1"):
    return compose(parcel, "一叶旗舰店 <shop@qq.com>", to, message_id=message_id, now=NOW)


def shape(part: EmailMessage) -> object:
    if part.is_multipart():
        return part.get_content_subtype(), [shape(inner) for inner in part.iter_parts()]
    return part.get_content_type()


def test_the_parts_are_nested_as_readers_expect():
    assert shape(read(written().data)) == (
        "mixed",
        [("alternative", ["text/plain", ("related", ["text/html", "image/png"])]), XLSX],
    )


def test_everything_comes_back_as_it_was_put_in():
    mail = read(written().data)
    parts = {part.get_content_type(): part for part in mail.walk()}
    assert parts["text/plain"].get_content().replace("\r\n", "\n") == FULL.text
    assert parts["text/html"].get_content().rstrip("\r\n") == FULL.html
    assert (parts["image/png"].get_content(), parts[XLSX].get_content()) == (
        PICTURE.data,
        BOOK.data,
    )
    assert parts["image/png"]["Content-ID"] == "<trend@storeops>"
    assert parts["image/png"].get_content_disposition() == "inline"
    assert parts[XLSX].get_content_disposition() == "attachment"
    assert [parts[kind].get_filename() for kind in ("image/png", XLSX)] == [PICTURE.name, BOOK.name]


def test_the_headers_say_who_when_and_what():
    mail = read(written(to="老板 <boss@example.com>; ops@example.com").data)
    assert mail["Subject"] == SUBJECT
    (author,) = mail["From"].addresses
    assert (author.display_name, author.addr_spec) == ("一叶旗舰店", "shop@qq.com")
    assert [person.addr_spec for person in mail["To"].addresses] == [
        "boss@example.com",
        "ops@example.com",
    ]
    assert mail["To"].addresses[0].display_name == "老板"
    assert mail["Date"] == "Fri, 21 Nov 2025 09:05:00 +0800"
    assert mail["Message-ID"] == "<day-1@qq.com>"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_the_bytes_pass_the_oldest_relay():
    data = written().data
    assert data.isascii()
    assert b"\0" not in data
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    head = data.partition(b"\r\n\r\n")[0]
    for word in re.findall(rb"=\?[^?]*\?[^?]*\?[^?]*\?=", head):
        assert len(word) <= 75  # RFC 2047, 2
    assert max(map(len, head.split(b"\r\n"))) <= 76  # RFC 2047, 2


def test_file_names_follow_rfc_2231_and_no_raw_quotes():
    data = written().data.decode("ascii")
    assert "filename*0*=utf-8''%E4%B8%80" in data
    assert "=?utf-8?" not in data.partition("\r\n\r\n")[2]


@pytest.mark.parametrize(
    ("parcel", "wanted"),
    [
        (Parcel("x", "正文"), "text/plain"),
        (Parcel("x", "正文", "<p>正文</p>"), ("alternative", ["text/plain", "text/html"])),
        (Parcel("x", "正文", None, (PICTURE, BOOK)), ("mixed", ["text/plain", "image/png", XLSX])),
        (Parcel("x", "正文", "<p/>", (BOOK,)), ("mixed", [("alternative", ["text/plain", "text/html"]), XLSX])),
    ],
)  # fmt: skip
def test_levels_with_one_part_are_left_out(parcel, wanted):
    assert shape(read(written(parcel).data)) == wanted


def test_the_same_message_has_the_same_id_and_others_have_others():
    names = [
        "day/2025-11-20/老板",
        "day/2025-11-20/老王",
        "a",
        "A",
        "a b",
        "长" * 90,
        "长" * 91,
        "",
    ]
    ids = [identity(name, "qq.com") for name in names]
    assert len(set(ids)) == len(ids)
    assert ids == [identity(name, "qq.com") for name in names]
    for name in ids:
        assert re.fullmatch(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@qq\.com>", name)
        assert len(name) < 78
    assert identity("<a.b@storeops.local>", "qq.com") == "<a.b@storeops.local>"


@pytest.mark.parametrize("long_id", ["x" * 300, "日报-" * 50])
def test_a_long_id_is_not_folded(long_id):
    data = written(message_id=long_id).data
    assert re.search(rb"\r\nMessage-ID: <[0-9a-f]{40}@qq\.com>\r\n", data)


def test_no_text_breaks_out_of_its_header():
    parcel = Parcel("日报\r\nBcc: thief@example.com\r\n\r\n<b>", "x")
    mail = read(written(parcel).data)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "日报 Bcc: thief@example.com <b>"
    name = Enclosure('a"\r\nX-Evil: 1\u202egpj.xlsx', XLSX, b"x")
    mail = read(written(Parcel("x", "x", None, (name,))).data)
    assert all(part["X-Evil"] is None for part in mail.walk())


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.text(max_size=400), st.text(min_size=1, max_size=120))
def test_any_text_makes_a_mail_a_strict_parser_reads(subject, text, name):
    parcel = Parcel(subject, text, f"<p>{text}</p>", (Enclosure(name, XLSX, b"x"), PICTURE))
    data = written(parcel).data
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert read(data)["To"] == "boss@example.com"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a@b.cn", ["a@b.cn"]),
        (" a@b.cn, c@d.cn;e@f.cn，g@h.cn；i@j.cn、k@l.cn ", ["a@b.cn", "c@d.cn", "e@f.cn", "g@h.cn", "i@j.cn", "k@l.cn"]),
        ("a@b.cn, a@b.cn,", ["a@b.cn"]),
        ("老板 <a@b.cn>", ["a@b.cn"]),
        ("a+tag@sub.b.cn", ["a+tag@sub.b.cn"]),
        ("a@店铺.cn", ["a@xn--hxtq42j.cn"]),
    ],
)  # fmt: skip
def test_addresses_are_read_as_people_write_them(text, wanted):
    assert [address.addr_spec for address in addresses(text)] == wanted


@pytest.mark.parametrize(
    "text", ["", " , ", "boss", "a@b@c", "a b@c.cn", "老板@b.cn", "a@", "@b.cn", "a@b.cn, boss", "<a@b.cn", "a@b.cn\r\nBcc: x@y.cn", "a@[127.0.0.1]", "a@.cn"]
)  # fmt: skip
def test_what_is_no_address_is_refused(text):
    with pytest.raises(StoreopsError) as caught:
        addresses(text)
    assert caught.value.problem.id == "delivery.mail.not_an_address"
