"""Every figure of requirements.md section 1, each with its id."""

from datetime import timedelta

PROFILES_PER_TOKEN = 1_000  # LIM-1
DEVICES_PER_PROFILE = 200_000  # LIM-2
TOKENS_PER_INSTALLATION = 2_000  # LIM-3
DEVICES_PER_TOKEN = 200_000  # LIM-4, recommended
APPLE_DEVICES_PER_MINUTE = 3_000  # LIM-5, for estimates
DEVICE_NAME_TEMPLATE_LENGTH = 63  # LIM-6, variables included
CACHED_USERS = (1, 24)  # LIM-7
SESSION_TIMEOUT_SECONDS = 30  # LIM-8, at least; 0 = never
PASSCODE_GRACE_SECONDS = (0, 60, 300, 900, 3_600, 14_400)  # LIM-9
FULL_SYNC_EVERY = timedelta(days=7)  # LIM-10
DELTA_SYNC_EVERY = timedelta(hours=12)  # LIM-11
MANUAL_SYNC_EVERY = timedelta(minutes=15)  # LIM-12
SYNC_RUN_TIME = timedelta(minutes=15)  # LIM-13
RELEASED_KEPT_FOR = timedelta(days=45)  # LIM-14, the default of a setting
RELEASED_KEPT_DAYS = (30, 45)  # LIM-14
TOKEN_VALIDITY = timedelta(days=365)  # LIM-16
CONFIGURATOR_CERTIFICATES = 10  # LIM-18
ANCHOR_CERTIFICATES = 10  # ours, so that a profile stays small
SERIALS_PER_CALL = 1_000  # LIM-19

TOKEN_EXPIRES_SOON = timedelta(days=30)
EXPIRY_WARNING_DAYS = (60, 30, 14, 7, 1)  # WARN-1
SYNC_IS_LATE, SYNC_IS_TOO_LATE = timedelta(days=1), timedelta(days=3)  # WARN-1: warning, unhealthy
NEAR_PERCENT = 90  # WARN-1, of LIM-1 to LIM-4
WITHOUT_PROFILE_FOR = timedelta(hours=1)  # a device that has just appeared is nobody's business yet
CLOCK_MAY_PAUSE = timedelta(minutes=10)  # it looks every minute
DEVICES_COUNTED_EVERY = timedelta(minutes=1)  # for warnings, which stand on every page
CLOCKED_DEVICES_LAST = timedelta(minutes=2)  # what the clock counts each minute, for a minute in which it is late
FEW_DEVICES, FEW_DEVICES_COUNTED_EVERY = 5_000, timedelta(seconds=5)
TOKEN_FILE_BYTES = 64 * 1024
CERTIFICATE_BYTES = 64 * 1024
PROFILE_FILE_BYTES = 512 * 1024
REQUEST_BYTES = 256 * 1024  # of a form, unless its view says otherwise
API_REQUEST_BYTES = 4 * 1024 * 1024  # the serial numbers of LIM-2 in one request
AROUND_BYTES = 64 * 1024  # what stands around a file or a pasted text in a request
SYNC_LEASE = timedelta(seconds=60)
SYNC_SLICE = timedelta(seconds=30)  # then a run lets another token have the worker, when one waits
# While Apple is away or asks to wait; the last one for as long as it lasts.
SYNC_WAITS = (
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
)
FAILED_SYNC_PAUSE = timedelta(hours=1)
SERIALS_PER_LOOK = 20 * SERIALS_PER_CALL  # so many are looked up at once for the calls that follow
CHANGES_TOLD = 100  # of each kind, by name, in the detail of a sync (SYNC-10)
SQLITE_PAUSE_SECONDS = 0.02  # between two pages, so that other writers get in
READ_BACK_AFTER = (timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30))  # after Apple said SUCCESS
ASK_AGAIN_AFTER = (timedelta(hours=1), timedelta(hours=24))  # after THROTTLED or FAILED without a time (pitfall 3)
RULES_BRAKE = 1_000  # DEV-6, the default of a token's setting
RULES_PER_TOKEN = 100
CONDITIONS_PER_RULE = 50
SERIALS_PER_LIST = 100_000  # DEV-3
SERIAL_LIST_BYTES = 16 * 1024 * 1024
SERIAL_LISTS_KEPT_DAYS = 30
OPERATIONS_KEPT_DAYS = 90
EVENTS_KEPT_DAYS = 400
AUDIT_KEPT_DAYS = 730  # AUD-1, the default of a setting
AUDIT_KEPT_DAYS_AT_LEAST = 90
REFUSALS_TOLD_PER_MINUTE = 5  # of one person
REFRESHES_PER_MINUTE = (20, 60)  # DEV-7: of one person, of one token
DOCTOR_LIVE_SECONDS = 0.8  # DEV-8: what Apple may take of the doctor's second
DOCTOR_ASKS_TOKENS = 8  # about a serial number nobody knows
ANSWERS_KEPT_FOR = timedelta(hours=24)  # API-3, of requests with an Idempotency-Key
SAVED_VIEWS_PER_PERSON = 50
API_KEY_DAYS = 365  # the default; 30, 90 and for ever are offered besides
# VPP-1: licences of an app are low at so many per cent or so many free, whichever comes first.
LICENCES_LOW_PERCENT, LICENCES_LOW = 10, 10
LICENCES_READ_EVERY = timedelta(hours=1)
LICENCES_LEASE = timedelta(minutes=5)  # what one reading may take before another worker takes it over
LICENCES_UNREAD = timedelta(days=1)  # then somebody is told
READINGS_AT_ONCE = 100  # handed out in a minute, so that syncs need not wait
READINGS_PER_MINUTE = (10, 1)  # by hand: of one person, of one VPP token
NAMES_PER_READING = 50  # of apps, each a request of its own
DELIVERY_TRIES = 40  # WARN-3: then a message is given up, after more than a week
DELIVERY_LEASE = timedelta(minutes=10)  # longer than the slowest mail: a dozen answers of EMAIL_TIMEOUT each
DELIVERY_PAUSE_MINUTES = 360  # the longest between two of them, and after an answer that says nobody listens there
MESSAGES_PER_HOUR = 6  # to one recipient; what comes then is gathered
DIGEST_HOUR = 7  # in TIME_ZONE
CHANNEL_FAILING_FOR = timedelta(minutes=10)  # then it is a warning
CHANNEL_ADDRESSES = 20  # of one channel
WEBHOOK_URL_LENGTH = 2_000
OLD_SECRET_SIGNS_FOR = timedelta(hours=24)
ALERTS_KEPT_DAYS = 90  # after they ended


def nearly(limit: int) -> int:
    """From so many on something comes near the limit."""
    return limit * NEAR_PERCENT // 100
