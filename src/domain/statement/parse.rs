//! The canonical form read back: what a statement's text says, taken only where writing it again gives the same text.

use super::{Covered, FORMAT, Head, LateRow, PeriodStatement, StatementRow};

impl PeriodStatement {
    /// Errors: what was expected and found where, of a text that is no canonical form, byte for byte.
    pub fn parse(text: &str) -> Result<Self, String> {
        let statement = Lines { left: text.split_terminator('\n'), at: 0 }.statement()?;
        if statement.canonical() == text {
            return Ok(statement);
        }
        Err("expected a statement in its canonical form, found rows in another order or otherwise written"
            .to_owned())
    }
}

struct Lines<'a> {
    left: std::str::SplitTerminator<'a, char>,
    at: usize,
}

impl Lines<'_> {
    fn statement(&mut self) -> Result<PeriodStatement, String> {
        self.fields(FORMAT)?.done()?;
        let period = self.one("period")?;
        let mut organization = self.fields("organization")?;
        let (organization_id, organization_name) = (organization.text()?, organization.text()?);
        organization.done()?;
        let mut head = Head { period, organization_id, organization_name, ..Head::default() };
        head.time_zone = self.one("time zone")?;
        head.lock_day = self.number("lock day")?;
        head.closed_at = self.one("closed at")?;
        head.closed_by = self.one("closed by")?;
        head.imported = self.number("imported")?;
        head.previous_seal = self.one("previous seal")?;
        let (facts, late_facts) = (self.covered("facts")?, self.covered("late facts")?);
        let rows = (0..self.number("rows")?).map(|_| self.row()).collect::<Result<_, _>>()?;
        let late = (0..self.number("late rows")?).map(|_| self.late()).collect::<Result<_, _>>()?;
        match self.left.next() {
            None => Ok(PeriodStatement { head, facts, late_facts, rows, late }),
            Some(_) => Err(format!("expected the end behind line {}, found more", self.at)),
        }
    }

    /// The fields of the next line, which begins with `word`.
    fn fields(&mut self, word: &str) -> Result<Fields<'_>, String> {
        self.at += 1;
        let at = self.at;
        let line = self.left.next().unwrap_or_default();
        let mut left = line.split('\t');
        if left.next() != Some(word) {
            return Err(format!("expected {word} in line {at}, found something else"));
        }
        Ok(Fields { left, at })
    }

    fn one(&mut self, word: &str) -> Result<String, String> {
        let mut fields = self.fields(word)?;
        let text = fields.text()?;
        fields.done()?;
        Ok(text)
    }

    fn number(&mut self, word: &str) -> Result<i64, String> {
        let mut fields = self.fields(word)?;
        let number = fields.number()?;
        fields.done()?;
        Ok(number)
    }

    fn covered(&mut self, word: &str) -> Result<Covered, String> {
        let mut fields = self.fields(word)?;
        let covered = Covered { facts: fields.number()?, sha256: fields.text()? };
        fields.done()?;
        Ok(covered)
    }

    fn row(&mut self) -> Result<StatementRow, String> {
        let mut fields = self.fields("row")?;
        let row = StatementRow {
            feature: fields.text()?,
            kind: fields.text()?,
            customer_id: fields.nullable()?,
            customer: fields.nullable()?,
            source_kind: fields.nullable()?,
            source: fields.nullable()?,
            source_name: fields.nullable()?,
            product: fields.text()?,
            edition: fields.text()?,
            users: fields.number()?,
            paid_users: fields.number()?,
            free_users: fields.number()?,
            overlap: fields.number_nullable()?,
            entitled: fields.number_nullable()?,
            overage: fields.number_nullable()?,
        };
        fields.done()?;
        Ok(row)
    }

    fn late(&mut self) -> Result<LateRow, String> {
        let mut fields = self.fields("late")?;
        let row = LateRow {
            of_period: fields.text()?,
            feature: fields.text()?,
            customer_id: fields.nullable()?,
            customer: fields.nullable()?,
            product: fields.text()?,
            edition: fields.text()?,
            users: fields.number()?,
            paid_users: fields.number()?,
            free_users: fields.number()?,
        };
        fields.done()?;
        Ok(row)
    }
}

struct Fields<'a> {
    left: std::str::Split<'a, char>,
    at: usize,
}

impl Fields<'_> {
    fn nullable(&mut self) -> Result<Option<String>, String> {
        let field = self.left.next().ok_or_else(|| self.fault("another field"))?;
        if field == "\\N" {
            return Ok(None);
        }
        unescaped(field).map(Some).ok_or_else(|| self.fault("a field with known escapes"))
    }

    fn text(&mut self) -> Result<String, String> {
        self.nullable()?.ok_or_else(|| self.fault("a value"))
    }

    fn number_nullable(&mut self) -> Result<Option<i64>, String> {
        let field = self.nullable()?;
        field.map(|field| field.parse().map_err(|_| self.fault("a number"))).transpose()
    }

    fn number(&mut self) -> Result<i64, String> {
        self.number_nullable()?.ok_or_else(|| self.fault("a number"))
    }

    fn done(mut self) -> Result<(), String> {
        let more = self.left.next().is_some();
        if more { Err(self.fault("the end of the line")) } else { Ok(()) }
    }

    fn fault(&self, expected: &str) -> String {
        format!("expected {expected} in line {}, found something else", self.at)
    }
}

/// The reverse of [`push_escaped`](super::push_escaped); `None` where an escape is unknown.
fn unescaped(field: &str) -> Option<String> {
    let mut text = String::with_capacity(field.len());
    let mut left = field.chars();
    while let Some(c) = left.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        text.push(match left.next()? {
            '\\' => '\\',
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'x' => {
                let digits: String = left.by_ref().take(2).collect();
                char::from(u8::from_str_radix(&digits, 16).ok()?)
            }
            _ => return None,
        });
    }
    Some(text)
}
