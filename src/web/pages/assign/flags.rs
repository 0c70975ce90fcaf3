//! What a change of free flags replaces: reasons and notes as they stand, and whose they are.

use std::collections::BTreeMap;

use super::ask::{Act, Ask};
use super::set::Set;
use crate::domain::ids::ObjectKind;
use crate::store::Store;
use crate::store::assignments::ObjectRef;
use crate::web::fault::Fault;
use crate::web::show::{self, UserName};

/// Names told of a row.
const NAMED: usize = 12;

pub struct Flags {
    pub noun: &'static str,
    pub rows: Vec<Row>,
    pub total: String,
    /// `Notes of 3 users are replaced.`; empty where there is none.
    pub notes: String,
}

/// Objects whose flag becomes another in the same way.
pub struct Row {
    pub before: String,
    pub after: String,
    pub objects: String,
    pub who: Vec<UserName>,
    pub more: Option<String>,
}

type Flag = Option<(String, Option<String>)>;

impl Flags {
    /// `None` for assignments.
    pub fn of(store: &Store, ask: &Ask, set: &Set) -> Result<Option<Self>, Fault> {
        let wanted: Flag = match &ask.act {
            Act::Free { reason, note } => Some((reason.to_string(), note.clone())),
            Act::Unfree => None,
            Act::Assign(_) | Act::Clear => return Ok(None),
        };
        let flags = match ask.filter {
            Some(_) => store.free_flags_of_users(&set.roster, &set.users)?,
            None => listed(store, ask)?,
        };
        let name = |at: usize| match (&ask.filter, ask.kind) {
            (Some(_), _) => set.users.get(at).map(|user| set.roster.user(*user, None).name.to_owned()),
            (None, ObjectKind::User) => {
                let key = ask.objects.get(at)?;
                let user = set.roster.find(key).map(|user| set.roster.user(user, None).name.to_owned());
                Some(user.unwrap_or_else(|| key.clone()))
            }
            // Names of others are found for the first few alone.
            (None, _) => set.names.get(at).cloned(),
        };
        // Where a flag stands as it is wanted it stays; those rows come last.
        let mut groups: BTreeMap<(bool, String), Vec<usize>> = BTreeMap::new();
        let mut notes = 0;
        for (at, flag) in flags.iter().enumerate() {
            let stays = *flag == wanted;
            if !stays
                && flag.as_ref().is_some_and(|(_, note)| note.as_ref().is_some_and(|note| !note.is_empty()))
            {
                notes += 1;
            }
            groups.entry((stays, word(flag))).or_default().push(at);
        }
        let row = |((stays, before), objects): ((bool, String), Vec<usize>)| {
            let who: Vec<_> = objects.iter().take(NAMED).filter_map(|at| name(*at)).collect();
            let rest = objects.len() - who.len();
            Row {
                before,
                after: if stays { "stays".to_owned() } else { word(&wanted) },
                objects: show::figure(objects.len() as i64),
                more: (rest > 0).then(|| format!("{} more", show::figure(rest as i64))),
                who: who.iter().map(|name| UserName::of(name)).collect(),
            }
        };
        let (one, many) = (super::words::one(ask.kind), super::words::many(ask.kind));
        Ok(Some(Self {
            noun: if ask.kind == ObjectKind::User { "Users" } else { "Servers" },
            rows: groups.into_iter().map(row).collect(),
            total: show::figure(flags.len() as i64),
            notes: match notes {
                0 => String::new(),
                1 => format!("The note of 1 {one} is replaced."),
                more => format!("The notes of {} are replaced.", show::count(more, one, many)),
            },
        }))
    }
}

fn word(flag: &Flag) -> String {
    flag.as_ref().map_or_else(|| "not flagged".to_owned(), |(reason, _)| format!("free: {reason}"))
}

fn listed(store: &Store, ask: &Ask) -> Result<Vec<Flag>, Fault> {
    let mut flags = Vec::new();
    for id in &ask.objects {
        let history = store.history_of(&ObjectRef::new(ask.kind, id))?.unwrap_or_default();
        let now = history.free_flags.into_iter().find(|flag| flag.since <= ask.period);
        flags.push(now.and_then(|flag| flag.reason.map(|reason| (reason, flag.note))));
    }
    Ok(flags)
}
