//! What a form about names wants: one alias or one default domain, set or cleared.
//!
//! | field | |
//! |---|---|
//! | `csrf`, `period`, `next` | as in every form |
//! | `act` | `link`: `user` counts as `of`; `unlink`: `user` by itself; `domain`: `domain` for the source `kind`, `id`; `undomain` |

use crate::domain::default_domain;
use crate::domain::error::quoted;
use crate::domain::ids::ObjectKind;
use crate::domain::period::BillingPeriod;
use crate::store::assignments::ObjectRef;
use crate::store::identities::{Change, Decision, Link};
use crate::web::call::Call;
use crate::web::fault::Fault;
use crate::web::pages::assign::checked;
use crate::web::pages::own_path;
use crate::web::pairs::Pairs;

pub struct Ask {
    pub change: Change,
    pub next: String,
    /// Its fields, to be sent again.
    pub hidden: Vec<(&'static str, String)>,
}

impl Ask {
    pub fn of(form: &Pairs) -> Result<Self, Fault> {
        let period: BillingPeriod = Call::field(form, "period")?.parse()?;
        let next = own_path(form.get("next"));
        let act = Call::field(form, "act")?;
        let mut hidden =
            vec![("period", period.to_string()), ("next", next.clone()), ("act", act.to_owned())];
        let mut field = |name: &'static str| -> Result<String, Fault> {
            let value = Call::field(form, name)?.to_owned();
            hidden.push((name, value.clone()));
            Ok(value)
        };
        let what = match act {
            "link" | "unlink" => {
                let user = user(&field("user")?)?;
                let of = if act == "link" { Some(self::user(&field("of")?)?) } else { None };
                Decision::CountAs(vec![Link { user, of }])
            }
            "domain" | "undomain" => {
                let kind: ObjectKind = field("kind")?.parse()?;
                let source = ObjectRef::new(kind, &checked(kind, &field("id")?)?);
                let domain =
                    if act == "domain" { Some(default_domain::checked(&field("domain")?)?) } else { None };
                Decision::DefaultDomain { source, domain }
            }
            other => {
                return Err(Fault::malformed(format!(
                    "act: expected link, unlink, domain or undomain, found {}",
                    quoted(other)
                )));
            }
        };
        Ok(Self { change: Change { period, what }, next, hidden })
    }

    /// `Count CORP\anna as anna@csp.example`; `source` is the shown name of a source.
    pub fn act(&self, source: &str) -> String {
        match &self.change.what {
            Decision::CountAs(links) => match links.first() {
                Some(Link { user, of: Some(of) }) => format!("Count {} as {}", user.given, of.given),
                Some(Link { user, of: None }) => format!("Let {} count by itself", user.given),
                None => "Change nothing".to_owned(),
            },
            Decision::DefaultDomain { domain: Some(domain), .. } => {
                format!("Read bare names of {source} as {domain}\\name")
            }
            Decision::DefaultDomain { domain: None, .. } => format!("Clear the default domain of {source}"),
        }
    }

    pub fn source(&self) -> Option<&ObjectRef> {
        match &self.change.what {
            Decision::DefaultDomain { source, .. } => Some(source),
            Decision::CountAs(_) => None,
        }
    }
}

fn user(given: &str) -> Result<ObjectRef, Fault> {
    Ok(ObjectRef::new(ObjectKind::User, &checked(ObjectKind::User, given)?))
}
