//! Months that closed on the way of other work: a line in the log for each, and a sentence for whoever was at it.

use super::show;
use crate::store::Store;
use crate::store::closing::Closed;

/// Those that this connection closed and that nobody was told of yet.
pub fn take(store: &mut Store) -> Vec<Closed> {
    let closed = store.take_closed();
    for month in &closed {
        tracing::info!("{month}");
    }
    closed
}

/// `October 2026 is closed: 1,503 users.`; of many, how many and which. `None` where none closed.
pub fn sentence(closed: &[Closed]) -> Option<String> {
    const NAMED: usize = 3;
    let (first, last) = (closed.first()?, closed.last()?);
    if closed.len() > NAMED {
        let months = show::count(closed.len() as i64, "month is", "months are");
        return Some(format!(
            "{months} closed and sealed: {} to {}.",
            show::month(first.period),
            show::month(last.period)
        ));
    }
    let told = closed.iter().map(|month| {
        format!(
            "{} is closed and sealed: {}.",
            show::month(month.period),
            show::count(month.users, "user", "users")
        )
    });
    Some(told.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed(period: &str) -> Closed {
        Closed { period: period.parse().unwrap(), users: 1503, seal: String::new(), imported: false }
    }

    #[test]
    fn a_few_months_are_named_and_many_are_counted() {
        assert_eq!(sentence(&[]), None);
        let one = sentence(&[closed("2026-10")]).unwrap();
        assert_eq!(one, "October 2026 is closed and sealed: 1,503 users.");
        let many: Vec<Closed> = ["2026-07", "2026-08", "2026-09", "2026-10"].map(closed).into();
        let told = sentence(&many).unwrap();
        assert_eq!(told, "4 months are closed and sealed: July 2026 to October 2026.");
    }
}
