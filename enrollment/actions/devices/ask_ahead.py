from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection, connections, transaction

from enrollment.actions.devices.store_page import TakenOver, commit_without_waiting_for_the_disk
from enrollment.actions.tokens.note_success import note_success
from enrollment.apple.client import Client, read_page
from enrollment.apple.errors import AppleError, CursorExhausted, CursorExpired, CursorInvalid, gettext_noop
from enrollment.apple.messages import DevicePage
from enrollment.connection import AppleAskedInsideTransaction
from enrollment.models import PageInHand, SyncKind, SyncPhase, SyncRun


class AppleRepeatsItself(AppleError):
    """The same cursor came back although more is said to follow: going on would never end."""

    sentence = gettext_noop("Apple sent the same page again although more devices should follow.")
    advice = gettext_noop("The next sync starts from the beginning by itself.")


class StartOver(Exception):
    """Apple no longer knows the cursor in the middle of a full sync."""


@contextmanager
def ask_ahead(apple: Client, run: SyncRun, *, ends: Callable[[], bool]) -> "Iterator[PagesAhead]":
    """The pages of a run; while one is stored the next one is asked for, unless `ends` says that it will not be stored.

    A page that more are to follow is kept in a row before Apple is asked for the next: a worker that dies has cost
    Apple one page, the one under way.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ask-ahead") as thread:
        try:
            yield PagesAhead(apple, run, thread, ends)
        finally:
            thread.submit(connections.close_all)  # its own


class PagesAhead:
    """Iterated from where the run stands (apple-protocols.md 3.2). Each page is stored before the next one is taken."""

    def __init__(self, apple: Client, run: SyncRun, thread: ThreadPoolExecutor, ends: Callable[[], bool]) -> None:
        self._apple, self._run, self._thread, self._ends = apple, run, thread, ends
        self._counted = apple.requests_made
        self._under_way: Future[tuple[DevicePage, bytes]]
        self.has_more = False  # after the last page given out

    def __iter__(self) -> Iterator[DevicePage]:
        page = self._kept()
        if page is None:
            self._ask(self._run.cursor)
            page = self._answer()
        while page:
            self.has_more = page.more_to_follow
            goes_on = self.has_more and not self._ends()
            if goes_on:
                self._ask(page.cursor)
            yield page
            if not goes_on:
                return
            page = self._answer()
        self.has_more = False

    def _kept(self) -> DevicePage | None:
        kept = PageInHand.objects.filter(run=self._run, asked_with=self._run.cursor).first()
        return read_page(kept.content) if kept else None

    def _ask(self, cursor: str) -> None:
        if connection.in_atomic_block:  # the client looks at its own thread's
            raise AppleAskedInsideTransaction
        self._under_way = self._thread.submit(self._call, cursor)

    def _call(self, cursor: str) -> tuple[DevicePage, bytes]:
        is_full = self._run.kind == SyncKind.FULL
        page = self._apple.fetch_devices(cursor or None) if is_full else self._apple.sync_devices(cursor)
        return page, PageInHand.pack(page.content)

    def _answer(self) -> DevicePage | None:
        """The page after the last stored one; None when everything was returned before."""
        try:
            with self._run.timed(SyncPhase.ASKING):
                page, packed = self._under_way.result()
        except CursorExhausted:
            return None
        except (CursorInvalid, CursorExpired):
            if self._run.kind == SyncKind.FULL and self._run.cursor:
                raise StartOver from None
            raise
        finally:
            self._run.requests += self._apple.requests_made - self._counted
            self._counted = self._apple.requests_made
        if page.more_to_follow and page.cursor == self._run.cursor:
            raise AppleRepeatsItself
        token = self._run.token
        if self._run.waits or token.trouble_sentence or token.verified_at is None:
            note_success(token)
        if page.more_to_follow:
            self._keep(packed)
        return page

    def _keep(self, packed: bytes) -> None:
        with self._run.timed(SyncPhase.STORING), transaction.atomic():
            if not self._run.renew():
                raise TakenOver
            commit_without_waiting_for_the_disk()
            kept = {"asked_with": self._run.cursor, "packed": packed}
            if not PageInHand.objects.filter(run=self._run).update(**kept):
                PageInHand.objects.create(run=self._run, **kept)
