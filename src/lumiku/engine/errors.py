"""What can go wrong between a picture and its cutout."""

from lumiku.core.errors import InvalidInput, LimitExceeded, NotFound, Unavailable


class InvalidFileType(InvalidInput):
    """The bytes are not a picture in a format we read."""

    code = "INVALID_FILE_TYPE"


class UnreadableImage(InvalidInput):
    """The format is known, but the file is damaged or uses a feature no decoder here knows."""

    code = "UNREADABLE_IMAGE"


class PictureMissing(NotFound):
    """There is no readable file at the path given."""

    code = "PICTURE_MISSING"


class InvalidOption(InvalidInput):
    """An option's value makes no sense; `details["option"]` names it."""

    code = "INVALID_INPUT"


class FileTooLarge(LimitExceeded):
    """More bytes than the limit."""

    code = "FILE_TOO_LARGE"


class ImageTooLarge(LimitExceeded):
    """More pixels than the limit, by the header alone or after decoding."""

    code = "IMAGE_TOO_LARGE"


class DeadlineExceeded(LimitExceeded):
    """The time allowed for this picture ran out between two steps."""

    code = "DEADLINE_EXCEEDED"


class UnknownModel(InvalidInput):
    """No row of the catalogue has this name."""

    code = "UNKNOWN_MODEL"


class ModelMissing(NotFound):
    """The model's weights are not on this machine; the message says how to get them."""

    code = "MODEL_MISSING"


class ModelCorrupt(Unavailable):
    """The weights on disk or from a source do not have the pinned hash."""

    code = "MODEL_CORRUPT"


class WeightsUnavailable(Unavailable):
    """No source could give the weights (offline, refused, interrupted)."""

    code = "WEIGHTS_UNAVAILABLE"


class DiskFull(WeightsUnavailable):
    """The disk, a quota or a file-size limit has no room for the weights, or for what is built from them."""

    code = "DISK_FULL"


class LicenceNotAccepted(InvalidInput):
    """The model's licence forbids some uses and has not been accepted for it."""

    code = "LICENCE_NOT_ACCEPTED"


class RuntimeUnavailable(Unavailable):
    """The runtime or device asked for cannot be used here, and falling back was not allowed."""

    code = "RUNTIME_UNAVAILABLE"


class RemoteFailed(Unavailable):
    """A remote provider gave no usable answer within its tries."""

    code = "REMOTE_FAILED"


class OptimiseFailed(Unavailable):
    """The int8 form of a model could not be built; it can still run in float."""

    code = "OPTIMISE_FAILED"
