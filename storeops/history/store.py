"""The record of a workspace: open it, import files, ask it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import pandas as pd

from storeops.errors import RecordError
from storeops.facts import FileReading, Restatement, Window
from storeops.history import database, judgements, ledger, log, queries, states, upsert, versions
from storeops.history.entries import ImportEntry, Judgement, ShopCoverage, TraceRow
from storeops.history.lock import locked
from storeops.history.sql import Connection, run
from storeops.messages import message


class History:
    """An open record. Use it in a ``with`` block and keep it open shortly.

    One process holds a record at a time, readers too: the lock is taken on opening and kept
    until the block ends. Every method may raise :class:`RecordError` when the file turns out to
    be damaged.
    """

    def __init__(self, path: Path, *, tool_version: str, now: datetime) -> None:
        """Use :meth:`open`."""
        self.path = path
        self._tool_version = tool_version
        self._moment = now.astimezone(UTC)
        self._stack = ExitStack()
        self._connection: Connection

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        wait_seconds: float,
        tool_version: str,
        now: datetime,
        read_only: bool = False,
    ) -> Self:
        """Open the record, create it when there is none, bring an older one forward.

        Args:
            path: The database file; its folder is created when needed.
            wait_seconds: How long to wait while another process holds the record.
            tool_version: Version of the program, for the import log.
            now: The moment of this run, with a time zone, for the import log.
            read_only: Only ask; then a record must exist.

        Raises:
            RecordError: Held by another process (named), damaged, from a newer version, not a
                record, or absent although ``read_only``.
        """
        if now.tzinfo is None:
            raise ValueError("now needs a time zone")
        history = cls(path, tool_version=tool_version, now=now)
        if read_only and not path.exists():
            raise RecordError(
                message("record.absent", path=str(path)), message("record.absent.hint")
            )
        with ExitStack() as stack:
            stack.enter_context(locked(path, wait_seconds=wait_seconds, now=now))
            if not path.exists():
                database.create(path)
            history._connection = database.connect(path, read_only=read_only)
            stack.callback(history._disconnect)
            history._stack = stack.pop_all()
        return history

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and give the lock back; closing twice does no harm."""
        self._stack.close()

    # --- files

    def known(self, digests: Collection[str]) -> dict[str, tuple[ImportEntry, ...]]:
        """Look up files by the hash of their bytes; a hash never seen is absent."""
        with self._reading() as connection:
            return log.known(connection, digests)

    def imports(self) -> tuple[ImportEntry, ...]:
        """List the import log, oldest import first."""
        with self._reading() as connection:
            return log.entries(connection)

    def record(self, readings: Sequence[FileReading], *, signature: str) -> tuple[FileReading, ...]:
        """Import a batch of files in one transaction: all of them, or on a failure none.

        A file counts as imported when this returns. Files that could not be read are logged, so
        that a later run with the same layouts need not try again. A file whose bytes and outside
        values are on record is left alone, unless ``signature`` differs: then its rows are
        replaced by those now read.

        Args:
            readings: Files as read, each with its shop when it has rows.
            signature: Stands for the layouts they were read with.

        Returns:
            The files in the same order without their rows; status unchanged for a file that was
            on record, refused for one whose rows contradict themselves.
        """
        how = log.Circumstances(signature, self._tool_version, self._moment)
        with self._writing() as connection:
            return upsert.record(connection, readings, how)

    def rename_shop(self, old: str, new: str) -> None:
        """Give a shop another name; where both names have rows the newer download wins."""
        with self._writing() as connection:
            upsert.rename_shop(connection, old, new)

    # --- questions

    def shops(self) -> tuple[ShopCoverage, ...]:
        """List the shops by name, with the first and last day of each fact."""
        with self._reading() as connection:
            return queries.shops(connection)

    def last_days(self, shop: str) -> dict[str, date]:
        """Give the last day of each fact the shop has rows of."""
        with self._reading() as connection:
            return queries.last_days(connection, shop)

    def last_import(self, shop: str) -> datetime | None:
        """Give the moment of the last import that brought rows of a shop."""
        with self._reading() as connection:
            return queries.last_import(connection, shop)

    def coverage(self, shop: str, *, first: date, last: date) -> dict[str, dict[date, int]]:
        """Count the rows of each fact on each day that has any."""
        with self._reading() as connection:
            return queries.coverage(connection, shop, first=first, last=last)

    def window(
        self,
        shop: str,
        day: date,
        *,
        days: int = 140,
        long_days: int = 420,
        only: Collection[str] | None = None,
    ) -> Window:
        """Read the last days of a shop, up to and including ``day``; ``only`` limits columns."""
        with self._reading() as connection:
            return queries.window(connection, shop, day, days=days, long_days=long_days, only=only)

    def restatements(
        self,
        shop: str,
        *,
        first: date,
        last: date,
        since: datetime | None = None,
        only: Mapping[str, Collection[str]] | None = None,
    ) -> tuple[Restatement, ...]:
        """List values that a newer download changed; ``since`` limits to later imports.

        ``only`` limits to some columns of some facts.
        """
        with self._reading() as connection:
            return ledger.restatements(
                connection, shop, since=since, first=first, last=last, only=only
            )

    def trace(self, shop: str, column: str, day: date, **keys: str) -> list[TraceRow]:
        """Tell where a stored value came from, with everything it replaced."""
        with self._reading() as connection:
            return ledger.trace(connection, shop, column, day, keys)

    def versions(
        self,
        shop: str,
        fact: str,
        columns: Sequence[str],
        *,
        days: tuple[date, date],
        given: Mapping[str, str],
    ) -> pd.DataFrame:
        """Read what each day read like at each age it was downloaded at, summed over the keys.

        ``days`` are the first and the last day; ``given`` fixes some keys (one grain and one
        attribution window), because what stands in several of them is never added. See
        :func:`storeops.history.versions.versions`.
        """
        asked = versions.Question(shop, fact, tuple(columns), *days, given)
        with self._reading() as connection:
            return versions.versions(connection, asked)

    # --- what a run leaves for the next one

    def keep_state(
        self,
        shop: str,
        name: str,
        day: date,
        payload: bytes,
        *,
        rests_on: Collection[str] | None = None,
    ) -> None:
        """Keep what a later run may start from: the sum of all days up to ``day``.

        ``rests_on`` are the columns it was made of (None: all there are), so that figures which
        grow every morning do not drop a state that knows nothing of them.

        A cache: the record drops it as soon as any of those days reads otherwise, the shop is
        renamed, or newer ones push it out. Whatever else an answer depends on (settings, the
        calendar) belongs into ``name``.
        """
        with self._writing() as connection:
            state = states.Kept(shop, name, day, payload, rests_on, self._tool_version)
            states.keep(connection, state)

    def state(self, shop: str, name: str, before: date) -> tuple[date, bytes] | None:
        """Give the newest valid state of a day before ``before``; None when there is none."""
        with self._reading() as connection:
            return states.newest(connection, (shop, name), before, self._tool_version)

    def remember_judgements(self, shop: str, said: Sequence[Judgement]) -> None:
        """Write down what was said, all of it or nothing; what is on record is not written again.

        One judgement stands per day and moment: the one remembered last.
        """
        days = [each.day for each in said]
        known = self.judgements(shop, min(days), max(days)) if days else ()
        if news := [each for each in said if each not in known]:
            with self._writing() as connection:
                judgements.remember(connection, shop, news)

    def judgements(self, shop: str, first: date, last: date) -> tuple[Judgement, ...]:
        """List what was said of some days, by day, then in the order in which it was said."""
        with self._reading() as connection:
            return judgements.between(connection, shop, first, last)

    # --- what was asked once

    def setting(self, name: str) -> str | None:
        """Give a remembered answer, None when it was never given."""
        with self._reading() as connection:
            rows = run(connection, "SELECT value FROM setting WHERE name = ?", [name])
            return str(rows[0][0]) if rows else None

    def remember(self, name: str, value: str) -> None:
        """Keep an answer under a name, in place of an earlier one."""
        with self._writing() as connection:
            run(connection, "DELETE FROM setting WHERE name = ?", [name])
            run(connection, "INSERT INTO setting VALUES (?, ?)", [name, value])

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with database.guarded(self.path):
            yield self._connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with database.guarded(self.path), database.transaction(self._connection) as connection:
            yield connection

    def _disconnect(self) -> None:
        with database.guarded(self.path):
            self._connection.close()
