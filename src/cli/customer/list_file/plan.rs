//! What a list makes of the customers: judged by how all of them end, so that the order of lines cannot matter.

use std::collections::HashMap;

use super::Problems;
use super::lines::Line;
use crate::domain::error::quoted;
use crate::domain::user_key::user_key;
use crate::store::Commit;
use crate::store::customers::{self, Customer};

/// All customers as they will be: the known ones in their order, then new ones in the order of their lines.
pub struct Plan<'a> {
    rows: Vec<Row<'a>>,
}

struct Row<'a> {
    known: Option<&'a Customer>,
    line: Option<&'a Line>,
    id: String,
    name: &'a str,
    external_id: Option<&'a str>,
}

/// What no two customers share.
#[derive(Clone, Copy)]
enum Field {
    Name,
    ExternalId,
}

impl Field {
    fn title(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::ExternalId => "external_id",
        }
    }

    fn before(self, customer: &Customer) -> Option<String> {
        match self {
            Self::Name => Some(user_key(&customer.name)),
            Self::ExternalId => customer.external_id.clone(),
        }
    }

    fn after(self, row: &Row<'_>) -> Option<String> {
        match self {
            Self::Name => Some(user_key(row.name)),
            Self::ExternalId => row.external_id.map(str::to_owned),
        }
    }

    fn is_changed(self, row: &Row<'_>) -> bool {
        match self {
            Self::Name => row.known.is_some_and(|known| known.name != row.name),
            Self::ExternalId => {
                row.known.is_some_and(|known| known.external_id.as_deref() != row.external_id)
            }
        }
    }
}

impl<'a> Plan<'a> {
    /// Adds lines that contradict each other or what stays as it is to the problems.
    pub fn new(known: &'a [Customer], lines: &'a [Line], commit: &Commit, problems: &mut Problems) -> Self {
        let mut plan = Self { rows: known.iter().map(Row::kept).collect() };
        let mut by_id: HashMap<String, usize> = ids(known).collect();
        let by_name: HashMap<String, usize> =
            known.iter().enumerate().map(|(index, customer)| (user_key(&customer.name), index)).collect();
        for line in lines {
            let id = line.id.clone().unwrap_or_else(|| match by_name.get(&user_key(&line.name)) {
                Some(index) => known[*index].id.clone(),
                None => customers::new_id(commit, &line.name),
            });
            let index = *by_id.entry(id.clone()).or_insert(plan.rows.len());
            match plan.rows.get_mut(index) {
                None => plan.rows.push(Row::new(line, id)),
                Some(Row { line: Some(first), .. }) => {
                    let found = format!(
                        "expected each customer once, found {} in line {} too",
                        quoted(&id),
                        first.number
                    );
                    problems.push((line.number, found));
                }
                Some(row) => row.become_as(line),
            }
        }
        for field in [Field::Name, Field::ExternalId] {
            plan.refuse_twice(field, problems);
        }
        plan
    }

    /// No two may end with the same: a line is blamed, the later one of two.
    fn refuse_twice(&self, field: Field, problems: &mut Problems) {
        let mut holders: HashMap<String, &Row<'_>> = HashMap::new();
        for row in &self.rows {
            let Some(key) = field.after(row) else { continue };
            let Some(other) = holders.get(&key).copied() else {
                holders.insert(key, row);
                continue;
            };
            let later = other.number() > row.number();
            let (blamed, holder) = if later { (other, row) } else { (row, other) };
            if later {
                holders.insert(key, row);
            }
            let taken = match field {
                Field::Name => blamed.name,
                Field::ExternalId => blamed.external_id.unwrap_or_default(),
            };
            let (title, taken, who) = (field.title(), quoted(taken), holder.who());
            problems.push((blamed.number(), format!("expected a free {title}, found {taken} with {who}")));
        }
    }

    /// Adds the statements, each behind the one that sets free what it takes. What changes hands in a
    /// circle cannot be ordered, and is added to the problems.
    pub fn add_to(&self, commit: &mut Commit, problems: &mut Problems) {
        for row in self.in_order(Field::Name, problems) {
            customers::rename(commit, &row.id, row.name);
        }
        for row in self.in_order(Field::ExternalId, problems) {
            customers::set_external_id(commit, &row.id, row.external_id);
        }
        for row in self.rows.iter().filter(|row| row.known.is_none()) {
            customers::create(commit, &row.id, row.name, row.external_id);
        }
    }

    /// The rows that change, so that each finds free what it takes.
    fn in_order(&self, field: Field, problems: &mut Problems) -> Vec<&Row<'a>> {
        let held = self.rows.iter().enumerate();
        let holders: HashMap<String, usize> =
            held.filter_map(|(index, row)| Some((field.before(row.known?)?, index))).collect();
        let mut placed = vec![false; self.rows.len()];
        let mut ordered = Vec::new();
        for start in 0..self.rows.len() {
            // Whoever must go first, and before that one another: at most one for each.
            let (mut chain, mut next) = (Vec::new(), Some(start));
            while let Some(index) = next {
                let row = &self.rows[index];
                if placed[index] || row.known.is_none() || !field.is_changed(row) {
                    break;
                }
                placed[index] = true;
                chain.push(index);
                next = field
                    .after(row)
                    .and_then(|key| holders.get(&key).copied())
                    .filter(|holder| *holder != index);
            }
            if let Some(holder) = next
                && chain.contains(&holder)
            {
                let row = &self.rows[holder];
                let problem = format!(
                    "expected a free {}, found customers that pass theirs on in a circle: give {} another one in between",
                    field.title(),
                    quoted(&row.id)
                );
                problems.push((row.number(), problem));
            }
            ordered.extend(chain.into_iter().rev().map(|index| &self.rows[index]));
        }
        ordered
    }

    pub fn created(&self) -> usize {
        self.rows.iter().filter(|row| row.known.is_none()).count()
    }

    pub fn updated(&self) -> usize {
        self.rows
            .iter()
            .filter(|row| Field::Name.is_changed(row) || Field::ExternalId.is_changed(row))
            .count()
    }
}

fn ids(known: &[Customer]) -> impl Iterator<Item = (String, usize)> {
    known.iter().enumerate().map(|(index, customer)| (customer.id.clone(), index))
}

impl<'a> Row<'a> {
    fn kept(customer: &'a Customer) -> Self {
        let Customer { id, name, external_id, .. } = customer;
        Self { known: Some(customer), line: None, id: id.clone(), name, external_id: external_id.as_deref() }
    }

    fn new(line: &'a Line, id: String) -> Self {
        let mut row = Self { known: None, line: None, id, name: "", external_id: None };
        row.become_as(line);
        row
    }

    fn become_as(&mut self, line: &'a Line) {
        self.line = Some(line);
        self.name = &line.name;
        if let Some(external_id) = &line.external_id {
            self.external_id = external_id.as_deref();
        }
    }

    /// 0 for a customer that the file does not name.
    fn number(&self) -> u64 {
        self.line.map_or(0, |line| line.number)
    }

    fn who(&self) -> String {
        match self.line {
            Some(line) => format!("line {}", line.number),
            None => format!("customer {}", quoted(&self.id)),
        }
    }
}
