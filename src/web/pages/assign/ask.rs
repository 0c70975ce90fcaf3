//! What a form wants: of which objects, and what is to become of them.

use crate::domain::error::quoted;
use crate::domain::ids::{FreeReason, ObjectKind, canonical_guid};
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::store::assignments::ObjectRef;
use crate::store::batches::{Change, Decision, Objects};
use crate::store::roster::Filter;
use crate::web::call::Call;
use crate::web::fault::Fault;
use crate::web::pages::own_path;
use crate::web::pairs::Pairs;

/// A form, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub period: BillingPeriod,
    pub kind: ObjectKind,
    /// Ids, each once; empty where a filter selects.
    pub objects: Vec<String>,
    pub filter: Option<Filter>,
    pub act: Act,
    /// As it was chosen or typed.
    pub customer: Option<String>,
    pub next: String,
    pub stamp: Option<String>,
    /// When the set was looked at.
    pub seen: Option<UtcInstant>,
}

/// What is to become of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// To a customer by id and name, once it is found.
    Assign(Option<(String, String)>),
    Clear,
    Free {
        reason: FreeReason,
        note: Option<String>,
    },
    Unfree,
}

impl Ask {
    /// Errors: `SEAT-C07` and those of the values.
    pub fn of(form: &Pairs) -> Result<Self, Fault> {
        let period: BillingPeriod = Call::field(form, "period")?.parse()?;
        let word = Call::field(form, "act")?;
        let of_source = word == "assign-source";
        let kind = if of_source { "source_kind" } else { "kind" };
        let kind: ObjectKind = Call::field(form, kind)?.parse()?;
        let mut objects: Vec<String> = Vec::new();
        let mut filter = None;
        if of_source {
            objects.push(checked(kind, Call::field(form, "source_id")?)?);
        } else if let Some(selected) = selected(form, kind)? {
            filter = Some(selected);
        } else {
            let mut seen = std::collections::HashSet::new();
            for object in form.all("object") {
                let object = checked(kind, object)?;
                if seen.insert(object.clone()) {
                    objects.push(object);
                }
            }
        }
        let act = match word {
            "assign" | "assign-source" => Act::Assign(None),
            "clear" => Act::Clear,
            "unfree" => Act::Unfree,
            "free" => Act::Free { reason: Call::field(form, "reason")?.parse()?, note: note(form)? },
            other => {
                return Err(Fault::malformed(format!(
                    "act: expected assign, assign-source, clear, free or unfree, found {}",
                    quoted(other)
                )));
            }
        };
        Ok(Self {
            period,
            kind,
            objects,
            filter,
            act,
            customer: form.get("customer").map(str::to_owned),
            next: own_path(form.get("next")),
            stamp: form.get("stamp").map(str::to_owned),
            seen: form.get("seen").and_then(|text| text.parse().ok()),
        })
    }

    /// Nothing ticked, and nothing selected.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.filter.is_none()
    }

    pub fn change(&self, stamp: Option<String>) -> Change {
        let objects = match &self.filter {
            Some(filter) => Objects::Selected { filter: filter.clone(), stamp },
            None => Objects::List(self.objects.iter().map(|id| ObjectRef::new(self.kind, id)).collect()),
        };
        let what = match &self.act {
            Act::Assign(customer) => Decision::Assign(customer.as_ref().map(|(id, _)| id.clone())),
            Act::Clear => Decision::Assign(None),
            Act::Free { reason, note } => Decision::Free { reason: Some(*reason), note: note.clone() },
            Act::Unfree => Decision::Free { reason: None, note: None },
        };
        Change { period: self.period, objects, what }
    }

    /// The same form again, without its token.
    pub fn hidden(&self, stamp: Option<String>, seen: Option<UtcInstant>) -> Vec<(&'static str, String)> {
        let mut fields = vec![("period", self.period.to_string()), ("kind", self.kind.to_string())];
        match &self.filter {
            Some(filter) => {
                fields.push(("scope", "matching".to_owned()));
                fields.push(("filter", crate::web::pages::users::encoded(filter)));
            }
            None => fields.extend(self.objects.iter().map(|object| ("object", object.clone()))),
        }
        match &self.act {
            Act::Assign(customer) => {
                fields.push(("act", "assign".to_owned()));
                fields.extend(customer.as_ref().map(|(id, _)| ("customer", id.clone())));
            }
            Act::Clear => fields.push(("act", "clear".to_owned())),
            Act::Unfree => fields.push(("act", "unfree".to_owned())),
            Act::Free { reason, note } => {
                fields.push(("act", "free".to_owned()));
                fields.push(("reason", reason.to_string()));
                fields.extend(note.as_ref().map(|note| ("note", note.clone())));
            }
        }
        fields.push(("next", self.next.clone()));
        fields.extend(stamp.map(|stamp| ("stamp", stamp)));
        fields.extend(seen.map(|seen| ("seen", seen.to_string())));
        fields
    }
}

/// The filter of all that match, or of those of one domain among them.
fn selected(form: &Pairs, kind: ObjectKind) -> Result<Option<Filter>, Fault> {
    let scope = form.get("scope").unwrap_or("ticked");
    if scope == "ticked" {
        return Ok(None);
    }
    if kind != ObjectKind::User {
        return Err(Fault::malformed(format!(
            "scope: expected ticked for a {kind}, found {}",
            quoted(scope)
        )));
    }
    let pairs = Pairs::parse(form.get("filter").unwrap_or_default().as_bytes());
    let filter = Filter::parse(pairs.iter())?;
    match scope {
        "matching" => Ok(Some(filter)),
        "domain" => Ok(Some(Filter { domain: Some(Call::field(form, "domain")?.to_owned()), ..filter })),
        other => Err(Fault::malformed(format!(
            "scope: expected ticked, domain or matching, found {}",
            quoted(other)
        ))),
    }
}

fn note(form: &Pairs) -> Result<Option<String>, Fault> {
    match form.get("note") {
        Some(note) => Ok(Some(checked_note(note)?.to_owned())),
        None => Ok(None),
    }
}

/// A remark beside a free flag. Errors: `SEAT-C07`.
pub fn checked_note(note: &str) -> Result<&str, Fault> {
    if note.len() > 512 || note.chars().any(char::is_control) {
        return Err(Fault::malformed(
            "note: expected at most 512 bytes without control characters, found others",
        ));
    }
    Ok(note)
}

/// An object's id as it is sent. Errors: `SEAT-C07` for a text that cannot be one.
pub fn checked(kind: ObjectKind, given: &str) -> Result<String, Fault> {
    let given = given.trim();
    let refuse = |expected: String| Fault::malformed(format!("expected {expected}, found {}", quoted(given)));
    if given.is_empty() || given.len() > 1024 || given.chars().any(char::is_control) {
        return Err(refuse(format!("a {kind} of 1 to 1024 bytes without control characters")));
    }
    if kind == ObjectKind::LicenseServer && canonical_guid(given).is_none() {
        return Err(refuse("the GUID of a license server".to_owned()));
    }
    Ok(given.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(form: &str) -> Result<Ask, Fault> {
        Ask::of(&Pairs::parse(form.as_bytes()))
    }

    #[test]
    fn a_form_carries_itself_on_unchanged() {
        for form in [
            r"period=2026-10&kind=user&object=corp\anna&object=corp\ben&act=clear&next=/users?q=a",
            "period=2026-10&kind=user&scope=matching&filter=linked%3Dfalse%26q%3Da%2526b&act=free&reason=test&note=x&next=/",
            "period=2026-10&kind=site&object=s1&act=unfree&next=/sites",
        ] {
            let first = ask(form).unwrap();
            let mut again = Pairs::default();
            first.hidden(None, None).iter().for_each(|(name, value)| again.push(name, value));
            assert_eq!(Ask::of(&again).unwrap(), first);
        }
    }

    #[test]
    fn all_of_a_domain_are_those_of_the_filter_in_it() {
        let form =
            "period=2026-10&kind=user&scope=domain&domain=CORP&filter=linked%3Dfalse&object=x&act=clear";
        let filter = ask(form).unwrap().filter.unwrap();
        assert_eq!(filter.pairs(), [("linked", "false"), ("domain", "CORP")]);
    }

    #[test]
    fn what_no_page_of_ours_sends_is_refused() {
        for form in [
            "kind=user&object=a&act=clear",
            "period=2026-10&kind=colour&object=a&act=clear",
            "period=2026-10&kind=user&object=a&act=paint",
            "period=2026-10&kind=user&object=a&act=free&reason=joke",
            "period=2026-10&kind=site&scope=matching&filter=&act=clear",
            "period=2026-10&kind=user&scope=matching&filter=colour%3Dred&act=clear",
            "period=2026-10&kind=license-server&object=LIC01&act=clear",
        ] {
            assert!(ask(form).unwrap_err().status.is_client_error(), "{form}");
        }
    }
}
