//! The figures of a period and the users behind them, as the functions count them; read row by row.

use std::borrow::Cow;
use std::collections::HashMap;

use rusqlite::params_from_iter;

use super::{Store, StoreError};
use crate::domain::period::BillingPeriod;
use crate::domain::product;

/// One row of the usage report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageRow {
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

/// The total of one feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TotalRow {
    pub feature: String,
    pub product: String,
    pub edition: String,
    pub users: i64,
    pub paid_users: i64,
    pub free_users: i64,
    pub overlap: i64,
}

/// One user of one row of the report; lent to the caller, since there may be a million.
#[derive(Debug, PartialEq, Eq)]
pub struct UserRow<'a> {
    pub feature: &'a str,
    pub product: &'a str,
    pub edition: &'a str,
    pub customer_id: Option<&'a str>,
    pub customer: Option<&'a str>,
    /// Identity key.
    pub user: &'a str,
    /// Shown spelling.
    pub name: &'a str,
    /// Which assignment decided; `None` for the unlinked.
    pub via: Option<&'a str>,
    /// Names of the sources, in the order of their ids.
    pub sources: &'a [&'a str],
    pub first_seen: &'a str,
    pub upload_id: &'a str,
    pub free: bool,
}

impl Store {
    /// By feature, the unlinked row first, then by customer name.
    pub fn usage(&self, period: BillingPeriod) -> Result<Vec<UsageRow>, StoreError> {
        // The names of a closed period are those of its statement; taken out first, they are found by an index, and not
        // by a walk over all customers for each of them.
        const SQL: &str = "
            WITH s AS MATERIALIZED (
              SELECT feature, customer_id, customer FROM statement_row WHERE period = ?1 AND kind = 'customer')
            SELECT r.feature, r.product, r.edition, r.customer_id, coalesce(s.customer, c.name) AS customer,
              r.users, r.paid_users, r.free_users
            FROM seat_rollup(?1) r
            LEFT JOIN customer c ON c.public_id = r.customer_id
            LEFT JOIN s ON s.feature = r.feature AND s.customer_id = r.customer_id
            ORDER BY r.feature, r.customer_id IS NOT NULL, seat_user_key(coalesce(s.customer, c.name)), r.customer_id";
        let mut statement = self.db.prepare_cached(SQL)?;
        let rows = statement.query_map([period.to_string()], |row| {
            Ok(UsageRow {
                feature: row.get(0)?,
                product: row.get(1)?,
                edition: row.get(2)?,
                customer_id: row.get(3)?,
                customer: row.get(4)?,
                users: row.get(5)?,
                paid_users: row.get(6)?,
                free_users: row.get(7)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The first billing period with usage or a statement; `None` where there is neither.
    pub fn first_period(&self) -> Result<Option<BillingPeriod>, StoreError> {
        let first: Option<i64> =
            self.db.query_row("SELECT min(period) FROM usage_list", [], |row| row.get(0))?;
        let closed: Option<String> =
            self.db.query_row("SELECT min(period) FROM statement", [], |row| row.get(0))?;
        let closed = closed.and_then(|period| period.parse().ok());
        Ok(first.and_then(BillingPeriod::from_number).into_iter().chain(closed).min())
    }

    /// The last one; `None` where there is neither.
    pub fn newest_period(&self) -> Result<Option<BillingPeriod>, StoreError> {
        let newest: Option<i64> =
            self.db.query_row("SELECT max(period) FROM usage_list", [], |row| row.get(0))?;
        let closed: Option<String> =
            self.db.query_row("SELECT max(period) FROM statement", [], |row| row.get(0))?;
        let closed = closed.and_then(|period| period.parse().ok());
        Ok(newest.and_then(BillingPeriod::from_number).into_iter().chain(closed).max())
    }

    /// Whether there is usage or a statement of the period.
    pub fn has_usage(&self, period: BillingPeriod) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM usage_list WHERE period = ?1)
            OR EXISTS (SELECT 1 FROM statement WHERE period = ?2)";
        Ok(self.db.query_row(sql, (period.number(), period.to_string()), |row| row.get(0))?)
    }

    /// By feature.
    pub fn totals(&self, period: BillingPeriod) -> Result<Vec<TotalRow>, StoreError> {
        const SQL: &str =
            "SELECT feature, product, edition, users, paid_users, free_users, overlap FROM seat_totals(?1)";
        let mut statement = self.db.prepare_cached(SQL)?;
        let rows = statement.query_map([period.to_string()], |row| {
            Ok(TotalRow {
                feature: row.get(0)?,
                product: row.get(1)?,
                edition: row.get(2)?,
                users: row.get(3)?,
                paid_users: row.get(4)?,
                free_users: row.get(5)?,
                overlap: row.get(6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Calls `each` with every user of every row, by feature, then by identity key. Stops at its first error.
    pub fn for_each_user<E: From<StoreError>>(
        &self,
        period: BillingPeriod,
        mut each: impl FnMut(&UserRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let names = self.names_of(period)?;
        let mut statement = self
            .db
            .prepare_cached(
                "SELECT feature, customer_id, user, name, via, sources, first_seen, upload_id, is_free FROM seat_user_rows(?1)",
            )
            .map_err(StoreError::from)?;
        let mut rows = statement.query([period.to_string()]).map_err(StoreError::from)?;
        // Rows come by feature: the catalogue is asked once for each.
        let mut product = (String::new(), String::new(), String::new());
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let text = |column| -> Result<Option<&str>, StoreError> {
                let value = row.get_ref(column)?;
                Ok(value.as_str_or_null().map_err(rusqlite::Error::from)?)
            };
            let feature = text(0)?.unwrap_or_default();
            if product.0 != feature {
                let (name, edition) = names.product(feature);
                product = (feature.to_owned(), name.to_owned(), edition.to_owned());
            }
            let ids = listed(text(5)?.unwrap_or_default());
            let sources: Vec<&str> =
                ids.iter().map(|id| names.sources.get(&**id).map_or(&**id, String::as_str)).collect();
            let customer_id = text(1)?;
            each(&UserRow {
                feature,
                product: &product.1,
                edition: &product.2,
                customer_id,
                customer: customer_id.and_then(|id| names.customers.get(id)).map(String::as_str),
                user: text(2)?.unwrap_or_default(),
                name: text(3)?.unwrap_or_default(),
                via: text(4)?,
                sources: &sources,
                first_seen: text(6)?.unwrap_or_default(),
                upload_id: text(7)?.unwrap_or_default(),
                free: row.get(8).map_err(StoreError::from)?,
            })?;
        }
        Ok(())
    }

    /// Names as they are now; for a closed period as its statement has them.
    fn names_of(&self, period: BillingPeriod) -> Result<Names, StoreError> {
        let pairs = |sql: &str, of_period: bool| -> Result<Vec<(String, String)>, StoreError> {
            let mut statement = self.db.prepare_cached(sql)?;
            let period = of_period.then(|| period.to_string());
            let rows = statement.query_map(params_from_iter(period), |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        };
        let frozen = |columns: &str, kind: &str| {
            let sql =
                format!("SELECT DISTINCT {columns} FROM statement_row WHERE period = ?1 AND kind = '{kind}'");
            pairs(&sql, true)
        };
        let now = pairs("SELECT public_id, name FROM customer", false)?;
        let customers =
            now.into_iter().chain(frozen("customer_id, coalesce(customer, customer_id)", "customer")?);
        let now = pairs("SELECT public_id, name FROM object_now WHERE kind IN (1, 3)", false)?;
        let sources = now.into_iter().chain(frozen("source, coalesce(source_name, source)", "source")?);
        let mut statement = self.db.prepare_cached(
            "SELECT DISTINCT feature, product, edition FROM statement_row WHERE period = ?1 AND kind = 'total'",
        )?;
        let products =
            statement.query_map([period.to_string()], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
        Ok(Names {
            customers: customers.collect(),
            sources: sources.collect(),
            products: products.collect::<Result<_, _>>()?,
        })
    }
}

/// Names by id.
struct Names {
    customers: HashMap<String, String>,
    sources: HashMap<String, String>,
    /// Product and edition by feature, of a closed period.
    products: HashMap<String, (String, String)>,
}

impl Names {
    fn product<'a>(&'a self, feature: &'a str) -> (&'a str, &'a str) {
        let known = self.products.get(feature).map(|(name, edition)| (name.as_str(), edition.as_str()));
        known.unwrap_or_else(|| (product::product_of(feature), product::edition_of(feature)))
    }
}

/// The texts of a JSON array of texts.
fn listed(json: &str) -> Vec<Cow<'_, str>> {
    let plain =
        json.strip_prefix("[\"").and_then(|rest| rest.strip_suffix("\"]")).filter(|_| !json.contains('\\'));
    match plain {
        Some(plain) => plain.split("\",\"").map(Cow::Borrowed).collect(),
        None => serde_json::from_str::<Vec<String>>(json)
            .unwrap_or_default()
            .into_iter()
            .map(Cow::Owned)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn ids_of_any_kind_come_back_from_json() {
        for ids in [vec!["a"], vec!["g 1", "a,b", "c"], vec!["say \"x\",\"y\"", "back\\slash"], vec![]] {
            assert_eq!(listed(&serde_json::to_string(&ids).unwrap()), ids);
        }
    }
}
