"""The outbox: what is to be sent, what was sent, and why something was not.

Plain files under ``.storeops/outbox`` (folder 0700, files 0600). A message is one ticket
(``NAME.json``) and, until it is sent, one content (``NAME.HASH.parcel``); settled tickets move to
``receipts/``, files that cannot be read to ``aside/``. Every file is written beside its place,
forced to disk and moved over, so a run killed at any instruction leaves the old state or the new
one. A lock makes two runs take turns, message by message. Nothing of the configuration is kept,
no address and no secret: a ticket names the recipient, and quotes what a server answered.

A key (shop, day, kind, recipient) is sent once. Before an attempt the ticket says ``trying``;
just before the other side can take the message (the final dot of a mail, the request to a robot)
the sender calls ``handing_over`` and the ticket says that too. A ticket found ``trying`` belongs
to a run that was killed:

- not handed over: nothing can have been taken, it is tried again;
- handed over, mail: it may have been taken. It is tried again under the same Message-ID, so that
  nothing is lost and a mail program can fold the one possible copy; after ``UNANSWERED`` times
  without an answer it is left as ``unknown``;
- handed over, robot or webhook: a second message would stand in the group for all to see. It is
  left as ``unknown``, and ``storeops outbox`` says so.

The same holds for a connection that breaks between the last byte and the answer. So a second copy
can come only from a break inside that window, and only by mail.
"""

from storeops.delivery.outbox.outbox import Outbox
from storeops.delivery.outbox.ticket import Key, Letter, Receipt, Status, Ticket
from storeops.delivery.outbox.trying import Send

__all__ = ["Key", "Letter", "Outbox", "Receipt", "Send", "Status", "Ticket"]
