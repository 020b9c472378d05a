"""Every code that an answer, or a picture that did not come out, can carry: what programs may rely on."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Code(NamedTuple):
    """With which statuses a code comes, and what it means."""

    statuses: tuple[int, ...]
    meaning: str


ANSWERS: Final[Mapping[str, Code]] = {
    "ALREADY_PAID": Code((409,), "Another payment has paid the invoice."),
    "ALREADY_REFUNDED": Code((409,), "The invoice was refunded before: its money is not to be sent again."),
    "BATCH_TOO_LARGE": Code((413,), "More pictures or bytes than a batch may have."),
    "CONFLICT": Code(
        (409,), "It exists already, changed meanwhile, or is in a state that does not allow that."
    ),
    "CREDITS_SPENT": Code((409,), "Not all credits of the package are there to be taken back."),
    "FILE_EXPIRED": Code((410,), "The files are no longer kept; send the picture again."),
    "FILE_MISSING": Code((404,), "No such file is stored."),
    "FILE_TOO_LARGE": Code((413,), "The file, or the body, has more bytes than the limits allow."),
    "FORBIDDEN": Code(
        (403,),
        "The role, the key's scope or the server's settings do not allow it, the CSRF token is missing,"
        " or a link was changed.",
    ),
    "IDEMPOTENCY_CONFLICT": Code(
        (409,), "The key was used for another request, or the first one with it still runs."
    ),
    "IMAGE_TOO_LARGE": Code((413,), "The picture has more pixels than the limits allow."),
    "INSUFFICIENT_CREDITS": Code((402,), "It costs more credits (`required`) than there are (`available`)."),
    "INTERNAL_ERROR": Code((500,), "A fault of ours."),
    "INVALID_FILE_TYPE": Code((400,), "The file is no picture in a format that Lumiku reads."),
    "INVALID_INPUT": Code(
        (400, 408, 422, 431), "A value makes no sense, or the request is not as documented or cannot be read."
    ),
    "INVALID_TOKEN": Code((401,), "The token or key was never given out here, or was ended."),
    "INVOICE_NOT_OPEN": Code((409,), "The invoice no longer waits to be paid."),
    "INVOICE_NOT_PAID": Code((409,), "The invoice was never paid."),
    "LIMIT_EXCEEDED": Code((413,), "More than an answer may hold; ask for less."),
    "LINK_EXPIRED": Code((410,), "The link's time is over; the file may still be there."),
    "MATTE_CHANGED": Code((409,), "The matte was changed elsewhere meanwhile; look at it first."),
    "METHOD_NOT_ALLOWED": Code((405,), "The address does not answer that method; `Allow` has those it does."),
    "MIGRATION_PENDING": Code((503,), "The database is being updated."),
    "MISSING_REQUIRED_FIELD": Code((400, 422), "Something that is required was not sent."),
    "NOTHING_READY": Code((409,), "No picture of the batch is ready."),
    "NOT_FOUND": Code((404,), "There is no such thing, or it is somebody else's."),
    "OTHER_AMOUNT": Code((400,), "The amount paid is not the invoice's."),
    "PAYMENT_USED": Code((409,), "The same payment has paid another invoice."),
    "PRECONDITION_FAILED": Code((412,), "The file is another than the one that was named."),
    "PRICE_CHANGED": Code((409,), "It costs more by now than was agreed to; nothing was charged."),
    "QUEUE_FULL": Code((429,), "The account has as much work waiting as it may have."),
    "QUOTA_EXCEEDED": Code((429,), "Today's quota of the plan does not pay for it."),
    "RANGE_NOT_SATISFIABLE": Code((416,), "The part asked for is not in the file."),
    "RATE_LIMIT_EXCEEDED": Code((429,), "Asked too often; `Retry-After` says when to come back."),
    "SERVICE_UNAVAILABLE": Code((503,), "Something that we depend on does not answer now."),
    "SIGNATURE_INVALID": Code((403,), "A payment's notice is not signed by the gateway."),
    "SOURCE_REFUSED": Code((400,), "The address is not fetched, or gave no picture in time."),
    "TIER_NOT_ALLOWED": Code((403,), "The plan does not pay for this tier."),
    "TOKEN_EXPIRED": Code((401,), "The session is over; log in again."),
    "TOO_MANY_INVOICES": Code((409,), "The account has as many unpaid invoices as it may have."),
    "TOO_MANY_WEBHOOKS": Code((409,), "The account has as many webhooks as it may have."),
    "UNAUTHORIZED": Code((401,), "Nobody is logged in, or the address and password do not fit."),
    "UNKNOWN_PACKAGE": Code((400,), "No such package is for sale."),
    "UNREADABLE_IMAGE": Code((400,), "The picture is damaged, or of a variant that cannot be read."),
    "WEBHOOK_DISABLED": Code((409,), "The webhook is disabled; enable it first."),
    "WORK_RUNNING": Code((409,), "Something of the account waits or runs."),
}

FAILURES: Final[Mapping[str, str]] = {
    "CREDITS_RELEASED": "The credits kept for it were given back meanwhile; try again.",
    "DEADLINE_EXCEEDED": "It takes longer than the limits allow.",
    "LICENCE_NOT_ACCEPTED": "The server is set to a model whose licence it has not accepted.",
    "PROCESSING_FAILED": "It could not be processed, also not when tried again.",
    "UNKNOWN_FOREGROUND": "No subject was found in the picture.",
    "UNKNOWN_MODEL": "The server is set to a model that it does not know.",
    **{
        code: ANSWERS[code].meaning
        for code in (
            "FILE_MISSING",
            "FILE_TOO_LARGE",
            "IMAGE_TOO_LARGE",
            "INVALID_FILE_TYPE",
            "INVALID_INPUT",
            "UNREADABLE_IMAGE",
        )
    },
}
