//! The statement of one closed billing period, and its canonical form: the text whose SHA-256 is the seal.
//!
//! The form is a promise (`docs/prove.md`): a byte of it that changes breaks every seal there is. One line an
//! item, fields parted by tabs, every line ended by a line feed, UTF-8. Values are written as they are stored, so
//! that a changed one shows whatever it was changed to.

use super::user_key::user_key;

/// Says which form it is: a later one gets another number.
pub const FORMAT: &str = "seatledger statement 1";

/// All that the seal covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeriodStatement {
    pub head: Head,
    /// What `seat_facts` tells of the period.
    pub facts: Covered,
    /// The late facts that this statement carries.
    pub late_facts: Covered,
    pub rows: Vec<StatementRow>,
    pub late: Vec<LateRow>,
}

/// What was true of the house when the period was closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub period: String,
    pub organization_id: String,
    pub organization_name: String,
    pub time_zone: String,
    pub lock_day: i64,
    pub closed_at: String,
    pub closed_by: String,
    /// 1: history from before the appliance went live.
    pub imported: i64,
    /// Empty for the first statement.
    pub previous_seal: String,
}

/// Text that the statement covers without repeating it: how many facts, and its SHA-256 in hex.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    pub facts: i64,
    pub sha256: String,
}

/// One row of figures. Sections are its kinds: `total`, `customer`, `unlinked`, `source`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementRow {
    pub feature: String,
    pub kind: String,
    pub product: String,
    pub edition: String,
    pub customer_id: Option<String>,
    pub customer: Option<String>,
    pub source_kind: Option<String>,
    pub source: Option<String>,
    pub source_name: Option<String>,
    pub users: i64,
    pub paid_users: i64,
    pub free_users: i64,
    pub overlap: Option<i64>,
    pub entitled: Option<i64>,
    pub overage: Option<i64>,
}

/// By how much late usage would move one row of a month that was closed before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LateRow {
    pub of_period: String,
    pub feature: String,
    pub product: String,
    pub edition: String,
    /// `None`: the unlinked row.
    pub customer_id: Option<String>,
    pub customer: Option<String>,
    pub users: i64,
    pub paid_users: i64,
    pub free_users: i64,
}

impl PeriodStatement {
    /// The text that is sealed.
    pub fn canonical(&self) -> String {
        let Head { period, organization_id, organization_name, time_zone, closed_at, closed_by, .. } =
            &self.head;
        let mut text = format!("{FORMAT}\n");
        Line::new("period").text(period).end(&mut text);
        Line::new("organization").text(organization_id).text(organization_name).end(&mut text);
        Line::new("time zone").text(time_zone).end(&mut text);
        Line::new("lock day").number(self.head.lock_day).end(&mut text);
        Line::new("closed at").text(closed_at).end(&mut text);
        Line::new("closed by").text(closed_by).end(&mut text);
        Line::new("imported").number(self.head.imported).end(&mut text);
        Line::new("previous seal").text(&self.head.previous_seal).end(&mut text);
        for (name, covered) in [("facts", &self.facts), ("late facts", &self.late_facts)] {
            Line::new(name).number(covered.facts).text(&covered.sha256).end(&mut text);
        }
        Line::new("rows").number(self.rows.len() as i64).end(&mut text);
        sorted(&mut text, self.rows.iter().map(StatementRow::line));
        Line::new("late rows").number(self.late.len() as i64).end(&mut text);
        sorted(&mut text, self.late.iter().map(LateRow::line));
        text
    }
}

/// By their bytes, as `LC_ALL=C sort` does: no order that would have to be explained.
fn sorted(text: &mut String, lines: impl Iterator<Item = Line>) {
    let mut lines: Vec<String> = lines.map(|line| line.0).collect();
    lines.sort_unstable();
    for line in lines {
        text.push_str(&line);
        text.push('\n');
    }
}

impl StatementRow {
    /// Where it stands in a file or on a page: by feature the unlinked row, customers by name, the total, sources.
    pub fn order(&self) -> impl Ord + use<> {
        let kind = ["unlinked", "customer", "total", "source"].iter().position(|kind| *kind == self.kind);
        let source = (self.source_kind.clone(), self.source_name.clone(), self.source.clone());
        let customer = (self.customer.as_deref().map(user_key), self.customer_id.clone());
        (self.feature.clone(), kind.unwrap_or(usize::MAX), customer, source)
    }

    fn line(&self) -> Line {
        Line::new("row")
            .text(&self.feature)
            .text(&self.kind)
            .nullable(self.customer_id.as_deref())
            .nullable(self.customer.as_deref())
            .nullable(self.source_kind.as_deref())
            .nullable(self.source.as_deref())
            .nullable(self.source_name.as_deref())
            .text(&self.product)
            .text(&self.edition)
            .number(self.users)
            .number(self.paid_users)
            .number(self.free_users)
            .number_nullable(self.overlap)
            .number_nullable(self.entitled)
            .number_nullable(self.overage)
    }
}

impl LateRow {
    /// By month and feature, the unlinked row first, then by name.
    pub fn order(&self) -> impl Ord + use<> {
        let customer = (self.customer.as_deref().map(user_key), self.customer_id.clone());
        (self.of_period.clone(), self.feature.clone(), self.customer_id.is_some(), customer)
    }

    fn line(&self) -> Line {
        Line::new("late")
            .text(&self.of_period)
            .text(&self.feature)
            .nullable(self.customer_id.as_deref())
            .nullable(self.customer.as_deref())
            .text(&self.product)
            .text(&self.edition)
            .number(self.users)
            .number(self.paid_users)
            .number(self.free_users)
    }
}

/// One line that is being written: a word, then fields, each behind a tab.
pub struct Line(String);

impl Line {
    pub fn new(word: &str) -> Self {
        Self(word.to_owned())
    }

    /// Backslash, tab, line feed and carriage return are written `\\`, `\t`, `\n`, `\r`; other control
    /// characters of ASCII `\xNN`. So a field has neither tab nor line feed, and no two fields look alike.
    pub fn text(mut self, field: &str) -> Self {
        self.0.push('\t');
        push_escaped(&mut self.0, field);
        self
    }

    /// No value is `\N`, which no text is.
    pub fn nullable(mut self, field: Option<&str>) -> Self {
        match field {
            Some(field) => self.text(field),
            None => {
                self.0.push_str("\t\\N");
                self
            }
        }
    }

    pub fn number(mut self, number: i64) -> Self {
        self.0.push('\t');
        self.0.push_str(&number.to_string());
        self
    }

    pub fn number_nullable(self, number: Option<i64>) -> Self {
        match number {
            Some(number) => self.number(number),
            None => self.nullable(None),
        }
    }

    pub fn end(self, text: &mut String) {
        text.push_str(&self.0);
        text.push('\n');
    }

    /// Without its end.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// A field as a line holds it.
pub fn push_escaped(out: &mut String, field: &str) {
    let mut plain = 0;
    for (at, byte) in field.bytes().enumerate() {
        if byte >= b' ' && byte != b'\\' && byte != 0x7f {
            continue;
        }
        out.push_str(&field[plain..at]);
        plain = at + 1;
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push_str(&field[plain..]);
}

mod parse;

#[cfg(test)]
mod tests;
