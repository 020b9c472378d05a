/** What happened, and what to do, for each code that the API answers with. */
export const errors = {
  offline: 'The server does not answer. Check your connection; we keep trying.',
  unknown: 'Something went wrong on our side.',
  withId: (text: string, id: string) => `${text} (request ${id})`,
  later: (text: string, wait: string) => `${text} Try again in ${wait}.`,
  credits: (needed: string, there: string) =>
    `This costs ${needed} credits and you have ${there}. Get more credits, or choose a cheaper tier.`,
  byCode: {
    UNAUTHORIZED: 'You are not logged in any more. Log in and try again.',
    TOKEN_EXPIRED: 'Your session has ended. Log in and try again.',
    INVALID_TOKEN: 'Your session was ended. Log in and try again.',
    FORBIDDEN: 'You are not allowed to do that.',
    FILE_TOO_LARGE: 'The file is larger than this server takes. Save it smaller and try again.',
    IMAGE_TOO_LARGE: 'The picture has more pixels than this server takes. Scale it down and try again.',
    INVALID_FILE_TYPE:
      'This is not a picture that we can read. JPEG, PNG, WebP, AVIF, HEIC, TIFF, GIF and BMP work.',
    UNREADABLE_IMAGE: 'The picture is damaged and cannot be read. Try to save it again from another program.',
    UNKNOWN_FOREGROUND:
      'We found no subject in this picture. Try a higher tier, or a picture where the subject stands out. Nothing was charged.',
    INSUFFICIENT_CREDITS: 'You have not enough credits for this. Get more credits, or choose a cheaper tier.',
    QUOTA_EXCEEDED: 'Today’s quota of your plan is used up. It starts anew tomorrow; credits work now.',
    TIER_NOT_ALLOWED: 'Your plan does not include this tier. Choose another, or pay with credits.',
    BATCH_TOO_LARGE: 'That is more than one batch may hold. Split it into several.',
    SOURCE_REFUSED: 'The address cannot be fetched from here. Save the picture and hand in the file.',
    NOT_FOUND: 'It is not there. It may have been deleted.',
    FILE_MISSING: 'The file is gone.',
    FILE_EXPIRED: 'The files of this picture were deleted after their time. Hand the picture in again.',
    RATE_LIMIT_EXCEEDED: 'That was too fast.',
    QUEUE_FULL: 'You have as much work waiting as the server takes.',
    SERVICE_UNAVAILABLE: 'A part of the server does not answer. Nothing was charged.',
    MIGRATION_PENDING: 'The server is being updated. Nothing was charged.',
    INTERNAL_ERROR: 'Something went wrong on our side. Nothing was charged.',
  } as Record<string, string>,
};
