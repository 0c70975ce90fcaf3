//! What is kept in memory says what SQL says: figures, users, explanations, and what a change would move.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use seatledger::domain::ids::ObjectKind;
use seatledger::domain::period::BillingPeriod;
use seatledger::store::StoreError;
use seatledger::store::batches::{Change, Decision, Objects};
use seatledger::store::explain::What;
use seatledger::store::memory::Memory;
use seatledger::store::roster::{Filter, Start};

use crate::house::{House, guid, license_server, site};
use crate::properties::{cases, house_with, link, payload, tag};

fn period(text: &str) -> BillingPeriod {
    text.parse().unwrap()
}

fn filter(pairs: &[(&str, &str)]) -> Filter {
    Filter::parse(pairs.iter().copied()).unwrap()
}

/// Every figure, as SQL counts it.
fn as_sql_counts(house: &House, period: &str) -> Vec<String> {
    let mut rows = house.sql(&format!(
        "SELECT 'total', feature, users, paid_users, free_users, overlap FROM seat_totals('{period}')
         UNION ALL SELECT 'row ' || coalesce(customer_id, '-'), feature, users, paid_users, free_users, 0
         FROM seat_rollup('{period}')
         UNION ALL SELECT 'source ' || source, feature, users, paid_users, free_users, 0 FROM seat_sources('{period}')"
    ));
    rows.sort();
    rows
}

fn as_memory_counts(house: &House, memory: &Memory, month: &str) -> Vec<String> {
    let figures = memory.figures(&house.store, period(month)).unwrap();
    let mut rows = Vec::new();
    for feature in &figures.features {
        let mut row = |what: String, users: seatledger::store::figures::Users, overlap| {
            let code = &feature.feature;
            rows.push(format!("{what}|{code}|{}|{}|{}|{overlap}", users.users, users.paid, users.free));
        };
        row("total".to_owned(), feature.total, feature.overlap);
        for customer in &feature.customers {
            row(format!("row {}", customer.id.as_deref().unwrap_or("-")), customer.users, 0);
        }
        for source in &feature.sources {
            row(format!("source {}", source.id), source.users, 0);
        }
    }
    rows.sort();
    rows
}

/// Explains one figure from end to end, in pages of two, and holds each row against SQL.
fn explained(house: &House, memory: &Memory, month: &str, feature: &str, what: &What) -> Vec<String> {
    let rows = house.store.snapshot(|store| -> Result<_, StoreError> {
        let roster = memory.roster(store, period(month))?;
        let mut rows = Vec::new();
        let mut start = None;
        loop {
            let from = start.as_deref().map_or(Start::First, Start::After);
            let answer = store.explain(&roster, feature, what, from, 2)?;
            assert_eq!(answer.page.total, answer.selection.total());
            let vias: u64 = answer.selection.counts.vias.iter().map(|(_, users)| users).sum();
            assert_eq!(vias, answer.selection.total() as u64);
            let Some(last) = answer.rows.last() else { break };
            start = Some(last.user.clone());
            rows.extend(answer.rows);
        }
        Ok(rows)
    });
    let row = |row: seatledger::store::explain::ExplainedUser| {
        let ids: Vec<_> = row.sources.iter().map(|source| source.1.clone()).collect();
        let via = row.via.map_or("NULL", |via| via.as_str());
        let (ids, free) = (serde_json::to_string(&ids).unwrap(), i32::from(row.free));
        format!("{}|{}|{via}|{ids}|{}|{}|{free}", row.user, row.name, row.first_seen, row.upload_id)
    };
    rows.unwrap().into_iter().map(row).collect()
}

/// At which rows of the report each user stands, features taken together.
fn places(house: &House, month: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in house.sql(&format!("SELECT user, coalesce(customer_id, '-') FROM seat_user_rows('{month}')")) {
        let (user, customer) = row.rsplit_once('|').unwrap();
        places.entry(user.to_owned()).or_default().insert(customer.to_owned());
    }
    places
}

/// `from to users` of users whose rows differ, with `*` where a row is only left or only entered.
fn moved(
    before: &BTreeMap<String, BTreeSet<String>>,
    after: &BTreeMap<String, BTreeSet<String>>,
) -> Vec<String> {
    let mut moves: BTreeMap<(String, String), u64> = BTreeMap::new();
    for (user, was) in before {
        let is = &after[user];
        let (mut left, mut joined) = (was.difference(is), is.difference(was));
        loop {
            let (from, to) = (left.next(), joined.next());
            if from.is_none() && to.is_none() {
                break;
            }
            let text = |row: Option<&String>| row.map_or("*".to_owned(), String::clone);
            *moves.entry((text(from), text(to))).or_default() += 1;
        }
    }
    let mut moves: Vec<_> = moves.into_iter().map(|((from, to), n)| format!("{from} {to} {n}")).collect();
    moves.sort();
    moves
}

fn told(moves: &[seatledger::store::assignments::Move]) -> Vec<String> {
    let row = |row: &Option<Option<String>>| match row {
        None => "*".to_owned(),
        Some(row) => row.clone().unwrap_or("-".to_owned()),
    };
    let mut rows: Vec<_> = moves
        .iter()
        .map(|moved| format!("{} {} {}", row(&moved.from), row(&moved.to), moved.users))
        .collect();
    rows.sort();
    rows
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn memory_says_what_sql_says(
        uploads in prop::collection::vec(payload(), 1..7),
        tags in prop::collection::vec(tag(), 0..8),
        free in prop::collection::vec(0usize..6, 0..3),
        linked in any::<bool>(),
    ) {
        let mut house = house_with(&uploads, &tags, &free);
        let memory = Memory::new();
        for round in 0..2 {
            if round == 1 {
                if !linked {
                    break;
                }
                // The same memory: it must see the change.
                link(&mut house);
            }
            for month in ["2026-09", "2026-10"] {
                prop_assert_eq!(as_memory_counts(&house, &memory, month), as_sql_counts(&house, month));
                let roster = memory.roster(&house.store, period(month)).unwrap();
                for figure in house.sql(&format!("SELECT feature, coalesce(customer_id, '-'), users, free_users
                    FROM seat_rollup('{month}')"))
                {
                    let parts: Vec<_> = figure.split('|').collect();
                    let id = if parts[1] == "-" { "none" } else { parts[1] };
                    let selected = roster.select(&filter(&[("feature", parts[0]), ("customer", id)]));
                    prop_assert_eq!(selected.total().to_string(), parts[2]);
                    let customer = (parts[1] != "-").then(|| parts[1].to_owned());
                    let wanted = customer.as_ref().map_or("NULL".to_owned(), |id| format!("'{id}'"));
                    let rows = explained(&house, &memory, month, parts[0], &What::Customer(customer.clone()));
                    let sql = house.sql(&format!(
                        "SELECT e.user, (SELECT name FROM seat_user_rows('{month}') r WHERE r.user = e.user LIMIT 1), via,
                           sources, first_seen, upload_id, is_free FROM seat_explain('{month}', {wanted}, '{}') e", parts[0]
                    ));
                    prop_assert_eq!(&rows, &sql);
                    let members = roster.members(parts[0], customer.as_deref(), usize::MAX);
                    let keys: Vec<_> = members.iter().map(|user| user.key.to_owned()).collect();
                    let explained: Vec<_> = rows.iter().map(|row| row.split('|').next().unwrap_or_default()).collect();
                    prop_assert_eq!(keys, explained);
                    let seen = memory.seen(&house.store, period(month)).unwrap();
                    let own = seen.get(&customer).into_iter().flatten().filter(|at| at.feature == parts[0]);
                    let mut own: Vec<_> = own.map(|at| format!("{}|{}", at.id, at.users)).collect();
                    own.sort();
                    prop_assert_eq!(own, house.sql(&format!(
                        "SELECT s.value, count(*) FROM seat_explain('{month}', {wanted}, '{}') e
                         JOIN json_each(e.sources) s GROUP BY 1 ORDER BY 1", parts[0]
                    )));
                }
                for figure in house.sql(&format!("SELECT feature, source, users, free_users FROM seat_sources('{month}')")) {
                    let parts: Vec<_> = figure.split('|').collect();
                    let rows = explained(&house, &memory, month, parts[0], &What::Source(parts[1].to_owned()));
                    prop_assert_eq!(rows.len().to_string(), parts[2]);
                    prop_assert_eq!(rows.iter().filter(|row| row.ends_with("|1")).count().to_string(), parts[3]);
                    let naive = house.sql(&format!("SELECT count(DISTINCT user) FROM seat_resolve('{month}')
                        WHERE feature = '{}' AND source = '{}'", parts[0], parts[1]));
                    prop_assert_eq!(&naive[0], parts[2]);
                }
                for figure in house.sql(&format!("SELECT feature, users, free_users FROM seat_totals('{month}')")) {
                    let parts: Vec<_> = figure.split('|').collect();
                    let rows = explained(&house, &memory, month, parts[0], &What::Total);
                    prop_assert_eq!(rows.len().to_string(), parts[1]);
                    prop_assert_eq!(rows.iter().filter(|row| row.ends_with("|1")).count().to_string(), parts[2]);
                }
                let sites = house.sql(&format!(
                    "SELECT o.public_id, count(DISTINCT r.user) FROM object o
                     LEFT JOIN object g ON g.parent = o.id AND g.kind = 3
                     LEFT JOIN seat_resolve('{month}') r ON r.source_kind = 'delivery-group' AND r.source = g.public_id
                     WHERE o.kind = 2 GROUP BY o.public_id ORDER BY 1"
                ));
                let tenants = memory.tenants(&house.store, period(month)).unwrap();
                let mut found: Vec<_> = [&tenants.0, &tenants.1]
                    .iter()
                    .flat_map(|tenants| &tenants.sites)
                    .map(|site| format!("{}|{}", site.id, site.users.users))
                    .collect();
                found.sort();
                prop_assert_eq!(found, sites);
                prop_assert!(tenants.1.sites.iter().all(|site| site.customer_id.is_none()));
            }
        }
    }

    #[test]
    fn a_preview_says_what_the_change_does_and_an_undo_restores_the_table(
        uploads in prop::collection::vec(payload(), 1..7),
        tags in prop::collection::vec(tag(), 0..8),
        (kind, objects, customer, free) in (0usize..4, prop::collection::vec(0usize..6, 1..4), 0usize..3, any::<bool>()),
    ) {
        let mut house = house_with(&uploads, &tags, &[]);
        let memory = Memory::new();
        let names = ["CORP\\anna", "CORP\\ben", "ben@corp.example", "carl", "nobody yet", "e\u{301}va"];
        let object = |index: &usize| match kind {
            0 => (ObjectKind::User, names[*index].to_owned()),
            1 => (ObjectKind::LicenseServer, guid(index % 3 + 1)),
            2 => (ObjectKind::DeliveryGroup, ["NG1", "NG2", "SG1", "SG2"][index % 4].to_owned()),
            _ => (ObjectKind::Site, ["Nord", "South"][index % 2].to_owned()),
        };
        let list = objects.iter().map(object).map(|(kind, id)| seatledger::store::assignments::ObjectRef::new(kind, &id));
        let what = if free {
            Decision::Free { reason: Some(seatledger::domain::ids::FreeReason::Test), note: None }
        } else {
            Decision::Assign([None, Some("Acme"), Some("Beta")][customer].map(str::to_owned))
        };
        let change = Change { period: period("2026-10"), objects: Objects::List(list.collect()), what };
        let tables = ["SELECT * FROM assignment ORDER BY 1, 2, 3", "SELECT * FROM free_flag ORDER BY 1, 2, 3"];
        let state = |house: &House| tables.map(|sql| house.sql(sql));
        let (before, stood) = (state(&house), places(&house, "2026-10"));
        let preview = house.preview(&memory, &change);
        prop_assert_eq!(&state(&house), &before, "a preview changes nothing");
        let done = house.make(&memory, &change);
        match (preview, done) {
            (Ok(preview), Ok(done)) => {
                prop_assert_eq!(told(&preview.moves), moved(&stood, &places(&house, "2026-10")));
                prop_assert_eq!((preview.changed, preview.unchanged), (done.changed, done.unchanged));
                prop_assert_eq!(preview.moves, done.moves);
                prop_assert_eq!(done.batch_id.is_some(), done.changed > 0);
                let again = house.make(&memory, &change).unwrap();
                prop_assert_eq!((again.changed, again.batch_id), (0, None));
                if let Some(id) = done.batch_id {
                    house.undo(&id).unwrap();
                    prop_assert_eq!(state(&house), before);
                    prop_assert_eq!(house.undo(&id).unwrap_err().code().id, "SEAT-A12");
                }
            }
            (preview, done) => prop_assert_eq!(
                preview.map(|_| ()).unwrap_err().code(),
                done.map(|_| ()).unwrap_err().code()
            ),
        }
        prop_assert!(house.store.check().iter().all(|finding| finding.problems.is_empty()));
    }
}

#[test]
fn a_list_is_narrowed_paged_and_stamped() {
    let mut house = House::at("2026-10-20T10:00:00Z");
    house.customer("Acme");
    let scrambled = "Ym9iYm9iYm9iYm9iYm9iYg==";
    house.upload(&license_server(1, "2026-09-20T03:00:00Z", "2026-09", &["CORP\\anna"]));
    let users = ["CORP\\anna", "CORP\\ben", "carl", "dora@corp.example", scrambled, "OTHER\\BEN"];
    house.upload(&license_server(1, "2026-10-20T03:00:00Z", "2026-10", &users));
    house.tag("2026-10", ObjectKind::User, "CORP\\anna", Some("Acme")).unwrap();
    let memory = Memory::new();
    let roster = memory.roster(&house.store, period("2026-10")).unwrap();
    let keys = |pairs: &[(&str, &str)]| {
        let selected = roster.select(&filter(pairs));
        selected.users.iter().map(|user| roster.user(*user, None).name.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(keys(&[("q", "Ben")]), ["CORP\\ben", "OTHER\\BEN"]);
    assert_eq!(keys(&[("q", "nabe")]), Vec::<String>::new(), "no match across two names");
    assert_eq!(keys(&[("customer", "Acme")]), ["CORP\\anna"]);
    assert_eq!(keys(&[("linked", "false"), ("domain", "corp")]), ["CORP\\ben"]);
    assert_eq!(keys(&[("domain", "CORP.example")]), ["dora@corp.example"]);
    assert_eq!(keys(&[("bare", "true"), ("scrambled", "false")]), ["carl"]);
    assert_eq!(keys(&[("scrambled", "true")]), [scrambled]);
    assert_eq!(keys(&[("new", "false")]), ["CORP\\anna"]);
    assert_eq!(keys(&[("source", &guid(9))]), Vec::<String>::new());
    assert_eq!(keys(&[("feature", "XDT_ADV_UD")]), Vec::<String>::new());

    let all = roster.select(&Filter::default());
    assert_eq!((all.total(), all.counts.unlinked, all.counts.new), (6, 5, 5));
    assert_eq!(all.counts.domains[0], ("".to_owned(), 2));
    let page = roster.page(&all, Start::First, 4);
    assert_eq!(
        (page.first, page.last, page.total, page.has_previous(), page.has_next()),
        (1, 4, 6, false, true)
    );
    let last = roster.key(page.users[3]).to_owned();
    let next = roster.page(&all, Start::After(&last), 4);
    assert_eq!((next.first, next.last, next.has_next()), (5, 6, false));
    assert_eq!(roster.page(&all, Start::Last, 4), next);
    assert_eq!(roster.page(&all, Start::Before(roster.key(next.users[0])), 4), page);
    let gone = roster.page(&all, Start::After("corp\\b"), 4);
    assert_eq!(roster.key(gone.users[0]), "corp\\ben", "a key that left the list still says where to go on");

    // The stamp follows the set, not the tags.
    let stamp = |house: &House| {
        let roster = memory.roster(&house.store, period("2026-10")).unwrap();
        roster.select(&filter(&[("domain", "corp")])).stamp.clone()
    };
    let before = stamp(&house);
    house.tag("2026-10", ObjectKind::User, "CORP\\ben", Some("Acme")).unwrap();
    assert_eq!(stamp(&house), before);
    house.upload(&license_server(2, "2026-10-20T03:00:00Z", "2026-10", &["CORP\\ben", "carl"]));
    assert_eq!(stamp(&house), before);
    house.upload(&license_server(2, "2026-10-20T04:00:00Z", "2026-10", &["CORP\\erik"]));
    assert_ne!(stamp(&house), before);
}

#[test]
fn an_upload_that_renames_a_server_is_seen_though_it_counts_nothing_new() {
    let mut house = House::at("2026-10-20T10:00:00Z");
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\anna"]));
    let memory = Memory::new();
    let name = |house: &House| {
        let figures = memory.figures(&house.store, period("2026-10")).unwrap();
        let roster = memory.roster(&house.store, period("2026-10")).unwrap();
        let of_roster = roster.user(0, None).sources[0].name.to_owned();
        assert_eq!(figures.features[0].sources[0].name, of_roster);
        of_roster
    };
    assert_eq!(name(&house), "LIC01");
    let mut renamed = license_server(1, "2026-10-16T03:00:00Z", "2026-10", &["CORP\\anna"]);
    renamed["licenseServer"]["hostId"] = "OTHER".into();
    house.upload(&renamed);
    assert_eq!(name(&house), "OTHER");
}

#[test]
fn a_closed_month_answers_from_its_statement() {
    let mut house = House::at("2026-11-20T10:00:00Z");
    house.customer("Acme");
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\anna"]));
    house.tag("2026-10", ObjectKind::LicenseServer, &guid(1), Some("Acme")).unwrap();
    house.raw(&format!(
        "INSERT INTO statement_row (period, kind, customer_id, customer, source_kind, source, source_name, feature, product,
           edition, users, paid_users, free_users, overlap, entitled, overage) VALUES
           ('2026-10', 'customer', 'Acme', 'Old name', NULL, NULL, NULL, 'XDT_PLT_UD', 'VAD', 'Premium', 7, 5, 2, NULL, NULL, NULL),
           ('2026-10', 'total', NULL, NULL, NULL, NULL, NULL, 'XDT_PLT_UD', 'VAD', 'Premium', 7, 5, 2, 0, 6, 1),
           ('2026-10', 'source', NULL, NULL, 'license-server', '{}', 'Old host', 'XDT_PLT_UD', 'VAD', 'Premium', 7, 5, 2, NULL, NULL, NULL);
         INSERT INTO statement (period, closed_at, closed_by, imported, previous_seal, seal) VALUES ('2026-10', '2026-11-20T10:00:00Z', 'test', 1, '', 'seal');",
        guid(1)
    ));
    let memory = Memory::new();
    let figures = memory.figures(&house.store, period("2026-10")).unwrap();
    let feature = &figures.features[0];
    assert!(figures.closed);
    assert_eq!((feature.product.as_str(), feature.total.users, feature.total.paid), ("VAD", 7, 5));
    assert_eq!((feature.entitled, feature.overage), (Some(6), Some(1)));
    assert_eq!(feature.customers[0].name.as_deref(), Some("Old name"));
    assert_eq!(feature.sources[0].name, "Old host");
    let roster = memory.roster(&house.store, period("2026-10")).unwrap();
    assert_eq!(roster.user(0, None).places[0].customer, Some("Old name"));
    assert_eq!(roster.user(0, None).sources[0].name, "Old host");
}

#[test]
fn a_site_of_one_customer_and_one_that_several_share() {
    let mut house = House::at("2026-10-20T10:00:00Z");
    for name in ["Acme", "Beta", "Gamma"] {
        house.customer(name);
    }
    let nord: [(&str, &[&str]); 2] = [("NG1", &["CORP\\anna", "CORP\\ben"]), ("NG2", &["CORP\\ben"])];
    house.upload(&site("Nord", "2026-10-15T03:00:00Z", "2026-10", &nord));
    let south: [(&str, &[&str]); 2] = [("SG1", &["CORP\\anna"]), ("SG2", &["CORP\\carl"])];
    house.upload(&site("South", "2026-10-15T03:00:00Z", "2026-10", &south));
    house.tag("2026-10", ObjectKind::Site, "Nord", Some("Acme")).unwrap();
    house.tag("2026-10", ObjectKind::DeliveryGroup, "SG1", Some("Beta")).unwrap();
    house.free("2026-10", ObjectKind::User, "CORP\\ben", true).unwrap();
    let single = house.store.single_tenant(period("2026-10")).unwrap();
    assert_eq!((single.customers, single.users, single.sites.len()), (1, 2, 1));
    let nord = &single.sites[0];
    assert_eq!((nord.customer_id.as_deref(), nord.users.users, nord.users.free), (Some("Acme"), 2, 1));
    let multi = house.store.multi_tenant(period("2026-10")).unwrap();
    assert_eq!((multi.customers, multi.users, multi.sites.len()), (1, 2, 1));
    let groups: Vec<_> = multi.sites[0]
        .groups
        .iter()
        .map(|g| (g.name.as_str(), g.customer_id.as_deref(), g.users.users))
        .collect();
    assert_eq!(groups, [("SG1", Some("Beta"), 1), ("SG2", None, 1)]);
}

#[test]
fn a_users_own_page_tells_facts_tags_and_aliases() {
    let mut house = House::at("2026-10-20T10:00:00Z");
    house.customer("Acme");
    house.upload(&license_server(1, "2026-09-15T03:00:00Z", "2026-09", &["CORP\\ben"]));
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\ben", "ben@corp.example"]));
    house.tag("2026-10", ObjectKind::User, "CORP\\ben", Some("Acme")).unwrap();
    house.free("2026-10", ObjectKind::User, "CORP\\ben", true).unwrap();
    house.raw(
        "INSERT INTO alias_row SELECT a.id, 202610, b.id, (SELECT max(id) FROM change)
         FROM user a, user b WHERE a.key = 'ben@corp.example' AND b.key = 'corp\\ben'",
    );
    let ben = house.store.find_user("corp\\ben", None).unwrap().unwrap();
    let facts: Vec<_> =
        ben.facts.iter().map(|f| format!("{} {} {}", f.period, f.source_name, f.seen_as)).collect();
    assert_eq!(
        facts,
        ["2026-10 LIC01 ben@corp.example", "2026-10 LIC01 corp\\ben", "2026-09 LIC01 corp\\ben"]
    );
    assert_eq!(ben.history.tags[0].customer.as_ref().map(|customer| customer.name.as_str()), Some("Acme"));
    assert_eq!(ben.history.free_flags[0].reason.as_deref(), Some("test"));
    assert_eq!(ben.aliases[0].user.as_deref(), Some("ben@corp.example"));
    assert_eq!(house.store.find_user("nobody", None).unwrap(), None);
    let memory = Memory::new();
    let roster = memory.roster(&house.store, period("2026-10")).unwrap();
    assert_eq!(roster.len(), 1);
    assert!(roster.user(0, None).aliased);
}
