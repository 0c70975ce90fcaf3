//! Names of customers and sources, by id.

use std::collections::HashMap;

use super::{Store, StoreError};
use crate::domain::period::BillingPeriod;

/// Names of license servers and delivery groups, as they were last told; for a closed period as its
/// statement has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceNames {
    /// By kind and id.
    names: HashMap<(String, String), String>,
}

impl SourceNames {
    /// Its id for a source that nothing names.
    pub fn of<'a>(&'a self, kind: &str, id: &'a str) -> &'a str {
        self.names.get(&(kind.to_owned(), id.to_owned())).map_or(id, String::as_str)
    }
}

impl Store {
    pub(crate) fn source_names(&self) -> Result<SourceNames, StoreError> {
        const SQL: &str =
            "SELECT k.name, o.public_id, o.name FROM object_now o JOIN object_kind k ON k.id = o.kind
            WHERE o.kind IN (1, 3)";
        let mut statement = self.db.prepare_cached(SQL)?;
        let rows = statement.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
        Ok(SourceNames { names: rows.collect::<Result<_, _>>()? })
    }

    pub(crate) fn frozen_source_names(&self, period: BillingPeriod) -> Result<SourceNames, StoreError> {
        const SQL: &str =
            "SELECT DISTINCT source_kind, source, coalesce(source_name, source) FROM statement_row
            WHERE period = ?1 AND kind = 'source' AND source IS NOT NULL AND source_kind IS NOT NULL";
        let mut statement = self.db.prepare_cached(SQL)?;
        let rows =
            statement.query_map([period.to_string()], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
        Ok(SourceNames { names: rows.collect::<Result<_, _>>()? })
    }

    /// By id, as they are now.
    pub(super) fn customer_names(&self) -> Result<HashMap<String, String>, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT public_id, name FROM customer")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// By id, as the statement of a closed period has them; others as they are now.
    pub(crate) fn customer_names_in(
        &self,
        period: BillingPeriod,
    ) -> Result<HashMap<String, String>, StoreError> {
        let mut names = self.customer_names()?;
        let mut statement = self.db.prepare_cached(
            "SELECT DISTINCT customer_id, customer FROM statement_row
             WHERE period = ?1 AND kind = 'customer' AND customer IS NOT NULL",
        )?;
        let rows = statement.query_map([period.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for row in rows {
            let (id, name) = row?;
            names.insert(id, name);
        }
        Ok(names)
    }
}
