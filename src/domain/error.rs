//! Every stable error code, once: the table that docs, messages and tests read.

use std::fmt;

/// A stable code that scripts may match. It never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code {
    /// `SEAT-P01`
    pub id: &'static str,
    /// What went wrong, in a few words.
    pub title: &'static str,
    /// What the reader can do about it, one sentence.
    pub remedy: &'static str,
}

macro_rules! codes {
    ($($name:ident = $id:literal, $title:literal, $remedy:literal;)*) => {
        $(#[doc = $title] pub const $name: Code = Code { id: $id, title: $title, remedy: $remedy };)*
        /// All codes, in the order of the documentation page.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

/// The codes themselves.
pub mod code {
    use super::Code;
    codes! {
        PERIOD_LOCKED = "SEAT-P01", "billing period is locked or closed",
            "Change the current billing period instead; a closed month never moves.";
        PERIOD_NOT_BEGUN = "SEAT-P02", "billing period has not begun",
            "Use a billing period that has begun; a tag carries forward by itself.";
        PERIOD_MALFORMED = "SEAT-P03", "not a billing period",
            "Write a billing period as YYYY-MM, for example 2026-10.";
        INSTANT_MALFORMED = "SEAT-P04", "not an instant",
            "Write an instant as RFC 3339, for example 2026-10-15T03:00:00Z.";
        TIME_ZONE_UNKNOWN = "SEAT-P05", "unknown time zone",
            "Use an IANA name such as Europe/Berlin or UTC.";
        LOCK_DAY_INVALID = "SEAT-P06", "lock day out of range",
            "Use a day from 1 to 28.";
        CLOSED_IMMUTABLE = "SEAT-P07", "a closed billing period never changes",
            "Late data belongs to late usage; statements and closed usage stay as they are.";
        PERIOD_NOT_OVER = "SEAT-P08", "billing period is not over",
            "Close it when its month is over; it closes by itself after its lock day.";
        CLOSING_OUT_OF_ORDER = "SEAT-P09", "billing periods close in order",
            "Close the month that the message names first: months close one after the other, from the first with usage.";
        CLOCK_SUSPECTED = "SEAT-P10", "the clock is far ahead of what was last recorded",
            "Check the date of this machine; where it is right, confirm it with `seatledger period confirm-clock`.";
        BOOKS_MOVED = "SEAT-P11", "the books moved while a month was being closed",
            "Repeat: nothing of it was kept.";
        STATEMENT_BROKEN = "SEAT-P12", "a closed month does not hold its seal",
            "Compare it with a statement that has left the house; `seatledger period verify PERIOD` names what differs.";
        PERIOD_NOT_CLOSED = "SEAT-P20", "billing period is not closed",
            "Wait until it closes after its lock day, or close it: `seatledger period close PERIOD`.";
        BUNDLE_BROKEN = "SEAT-P21", "bundle does not hold what it says",
            "Do not rely on it: have it sent again, and compare the key and the seal by another way.";
        BUNDLE_UNREADABLE = "SEAT-P22", "not a bundle that can be read",
            "Check the path, and have the file sent again; a newer bundle needs the newer program.";
        BUNDLE_TOO_LARGE = "SEAT-P23", "bundle exceeds a limit",
            "Make a bundle of each customer with --customer.";
        KEY_INVALID = "SEAT-P24", "not a public key or fingerprint",
            "Give the key.pem, or the 64 digits, that `seatledger export key` prints.";
        EXCLUSIVE_SITE = "SEAT-A01", "a site and its delivery groups cannot both be assigned",
            "Clear the blocking object first.";
        OBJECT_UNKNOWN = "SEAT-A02", "unknown object",
            "Import an upload that names it, or check the id with `seatledger source list`.";
        CUSTOMER_UNKNOWN = "SEAT-A03", "unknown customer",
            "Check the id or name with `seatledger customer list`.";
        CUSTOMER_ARCHIVED = "SEAT-A04", "customer is archived",
            "Un-archive the customer first: `seatledger customer unarchive ID`.";
        SET_CHANGED = "SEAT-A05", "the set behind the filter changed",
            "Look again, then repeat with the new stamp.";
        KIND_UNKNOWN = "SEAT-A06", "unknown kind of object",
            "Use user, license-server, site, delivery-group or netscaler.";
        REASON_UNKNOWN = "SEAT-A07", "unknown reason for a free flag",
            "Use trial, test or administrative.";
        CUSTOMER_TAKEN = "SEAT-A08", "customer id, name or external id is taken",
            "Choose another, or use the customer that has it.";
        NAME_INVALID = "SEAT-A09", "not a usable name",
            "Use 1 to 512 bytes of text without control characters.";
        RECORD_IMMUTABLE = "SEAT-A10", "what is on record stays",
            "Audit entries, uploads and payloads cannot be changed or removed.";
        BATCH_UNKNOWN = "SEAT-A11", "unknown bulk change",
            "Check the id: the answer to the change and the audit trail name it.";
        UNDO_REFUSED = "SEAT-A12", "bulk change cannot be undone",
            "Make the change that is wanted now instead.";
        ALIAS_CHAIN = "SEAT-A13", "an alias cannot name an alias",
            "Link both names to the one user who counts, or clear the alias that the message names first.";
        DOMAIN_INVALID = "SEAT-A14", "not a usable domain",
            "Write the domain alone, as it stands before the backslash of other names: CORP.";
        UPLOAD_UNRECOGNISED = "SEAT-U01", "nothing in the upload is recognised",
            "Send a call-home zip, a seatledger payload or a license file.";
        UPLOAD_TOO_LARGE = "SEAT-U02", "upload exceeds a limit",
            "Split the upload, or raise the limit with `seatledger setting set`.";
        ARCHIVE_UNSAFE = "SEAT-U03", "archive is damaged or unsafe",
            "Fetch the file again from where it was written.";
        ENTRY_UNREADABLE = "SEAT-U04", "an entry cannot be read",
            "Fetch the file again; if it stays so, report the program that wrote it.";
        FIELD_INVALID = "SEAT-U05", "a field is missing or wrong",
            "Mend the program that wrote the payload.";
        PERIOD_IN_FUTURE = "SEAT-U06", "usage of a billing period that has not begun",
            "Check the clock of the machine that wrote the payload, and of this one.";
        DELIVERY_GROUP_MOVED = "SEAT-U07", "a delivery group belongs to another site",
            "A delivery group stays in one site for good: give the new group an id of its own.";
        FORMAT_UNKNOWN = "SEAT-U08", "unknown seatledger format",
            "Update seatledger, or send a format it knows.";
        LICENSE_SERVER_NEEDED = "SEAT-U09", "license server of a license file is not known",
            "Name it with --license-server GUID.";
        FILE_UNREADABLE = "SEAT-U10", "file cannot be read",
            "Check the path and its permissions.";
        UPLOAD_KNOWN = "SEAT-U11", "the same bytes are accepted already",
            "Nothing to do: they count once.";
        UPLOAD_GONE = "SEAT-U12", "bytes of the upload are not kept",
            "Its row and SHA-256 stay; fetch the file from whoever sent it.";
        ACCOUNT_UNKNOWN = "SEAT-K01", "unknown account",
            "Check the name with `seatledger account list`.";
        ACCOUNT_TAKEN = "SEAT-K02", "account exists already",
            "Choose another name, or use the account that has it.";
        ACCOUNT_DISABLED = "SEAT-K03", "account is disabled",
            "Enable it first: `seatledger account enable NAME`.";
        LAST_ADMINISTRATOR = "SEAT-K04", "the last administrator stays",
            "Make another account an administrator first.";
        ROLE_UNKNOWN = "SEAT-K05", "unknown role",
            "Use admin, operator, viewer or distributor.";
        SCOPE_UNKNOWN = "SEAT-K06", "unknown scope, or none",
            "Use one or more of upload, read, write and admin.";
        PASSWORD_WEAK = "SEAT-K07", "password is too easy to guess",
            "Use 12 to 256 characters, for example four or more words that have nothing to do with each other.";
        PASSWORD_MISSING = "SEAT-K08", "no password was given",
            "Give it as one line on standard input, with --password-stdin.";
        CLIENT_UNKNOWN = "SEAT-K09", "unknown API client",
            "Check the id with `seatledger client list`.";
        CLIENT_EXISTS = "SEAT-K10", "API client exists already",
            "Choose another name, or repeat a second later.";
        CLIENT_REFUSED = "SEAT-K11", "API client is revoked, or asks for more than its owner may",
            "Make a new client; one that belongs to a distributor has the scope read alone.";
        FIRST_RUN_OVER = "SEAT-K12", "first-run code is wrong, used or expired",
            "Start the server again for a new code, or use `seatledger account add`.";
        DOOR_KEPT = "SEAT-K13", "accounts and API clients stay on record",
            "Disable the account or revoke the client; both keep their id and name.";
        ARGUMENT_INVALID = "SEAT-S01", "wrong argument of an SQL function",
            "See the function's page in the docs.";
        DATABASE_FOREIGN = "SEAT-S02", "not a seatledger database",
            "Point --data to the folder that holds seatledger.db.";
        DATABASE_NEWER = "SEAT-S03", "database is newer than this program",
            "Install the newer program.";
        DATABASE_UNUSABLE = "SEAT-S04", "database cannot be opened",
            "Check the path, its permissions and the free space.";
        DATABASE_BUSY = "SEAT-S05", "another program is writing",
            "Try again when it is done.";
        SQL_FAILED = "SEAT-S06", "SQL statement failed",
            "Read the message; the statement changed nothing.";
        INTERNAL = "SEAT-S07", "a fault of the program",
            "Report it with the message.";
        DATABASE_DAMAGED = "SEAT-S08", "database is damaged",
            "Restore the last backup, and keep the damaged file.";
        DATABASE_FULL = "SEAT-S09", "disk is full",
            "Free some space, then repeat: nothing of this change was kept.";
        DISK_FAILED = "SEAT-S10", "disk fails",
            "The program has stopped: check the disk, then start it again.";
        CROWDED = "SEAT-S11", "others are at the same work",
            "Try again in a few seconds.";
        NOT_SIGNED_IN = "SEAT-K20", "not signed in",
            "Sign in, or send a valid token: `Authorization: Bearer TOKEN`.";
        NOT_ALLOWED = "SEAT-K21", "not allowed",
            "Ask an administrator for an account or client that may.";
        FORM_FOREIGN = "SEAT-K22", "form is not from this page",
            "Open the page again and repeat; another site may have sent this.";
        TOO_MANY_TRIES = "SEAT-K23", "too many failed sign-ins",
            "Wait as long as the message says.";
        CREDENTIALS_WRONG = "SEAT-K24", "credentials do not match",
            "Check both; an administrator can set new ones.";
        SETTING_UNKNOWN = "SEAT-C01", "unknown setting",
            "See `seatledger setting list`.";
        SETTING_INVALID = "SEAT-C02", "setting refuses the value",
            "See `seatledger setting list` for what it takes.";
        CONFIG_INVALID = "SEAT-C03", "configuration file cannot be used",
            "Mend what the message names.";
        INPUT_INVALID = "SEAT-C04", "input cannot be used",
            "Mend what the message names; nothing was changed.";
        OUTPUT_FAILED = "SEAT-C05", "output cannot be written",
            "Check the disk or whoever reads; what the command had changed by then stands.";
        NOT_FOUND = "SEAT-C06", "not found",
            "Check the address, or begin at the overview.";
        REQUEST_MALFORMED = "SEAT-C07", "request cannot be read",
            "Mend what the message names; nothing was changed.";
        BODY_TOO_LARGE = "SEAT-C08", "request body is too large",
            "Send less at once.";
        METHOD_UNKNOWN = "SEAT-C09", "method is not for this address",
            "Use one of those that the Allow header names.";
        BODY_TOO_SLOW = "SEAT-C10", "request body came too slowly",
            "Send it again over a steadier connection; nothing was kept.";
        LISTEN_FAILED = "SEAT-C11", "address cannot be listened on",
            "Choose another with --listen, or stop the program that has it.";
        TLS_INVALID = "SEAT-C12", "certificate or key cannot be used",
            "Check the files of --tls-cert and --tls-key.";
        INBOX_UNREADABLE = "SEAT-C13", "inbox is no folder that can be read",
            "Check the folder of --inbox.";
    }
}

/// A refusal for people: a stable code, then what was expected and what was found.
///
/// Shown as `SEAT-P01: billing period 2026-09 is locked since 2026-10-11T00:00:00Z`, because SQL
/// clients hand on nothing but the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Error {
    pub code: Code,
    /// What was expected and what was found, without the code.
    pub detail: String,
}

impl Error {
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.id, self.detail)
    }
}

/// Text from outside, cut and quoted for a message: control characters escaped, at most 60 characters.
///
/// A backslash and an apostrophe stay as they are: `CORP\o'neill` is what the reader has typed.
pub fn quoted(found: &str) -> String {
    let mut shown = String::from('"');
    for c in found.chars().take(60) {
        match c {
            '\\' | '\'' => shown.push(c),
            _ => shown.extend(c.escape_debug()),
        }
    }
    if found.chars().nth(60).is_some() {
        shown.push('…');
    }
    shown.push('"');
    shown
}

#[cfg(test)]
mod tests;
