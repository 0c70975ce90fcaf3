//! Names and sets of roles and scopes.

use super::*;

#[test]
fn scopes_are_a_set_in_one_order() {
    let scopes: Scopes = "read  upload read".parse().unwrap();
    assert_eq!(scopes.to_string(), "upload read");
    assert_eq!(serde_json::to_string(&scopes).unwrap(), r#"["upload","read"]"#);
    assert_eq!(scopes.to_string().parse(), Ok(scopes));
    assert_eq!([Scope::Read, Scope::Upload].into_iter().collect::<Scopes>(), scopes);
    assert!("".parse::<Scopes>().unwrap().is_empty());
    assert_eq!("read all".parse::<Scopes>().unwrap_err().code, code::SCOPE_UNKNOWN);
}

#[test]
fn no_scope_includes_another() {
    for one in Scope::ALL {
        for other in Scope::ALL {
            assert_eq!(Scopes::from(one).contains(other), one == other, "{one} {other}");
        }
    }
}

#[test]
fn names_are_read_as_they_are_written() {
    assert!(Role::ALL.iter().all(|role| role.to_string().parse() == Ok(*role)));
    assert!(Scope::ALL.iter().all(|scope| scope.to_string().parse() == Ok(*scope)));
    assert!(Theme::ALL.iter().all(|theme| theme.to_string().parse() == Ok(*theme)));
    assert_eq!("Admin".parse::<Role>().unwrap_err().code, code::ROLE_UNKNOWN);
}
