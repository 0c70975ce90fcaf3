//! Which clear name a scrambled one hides [R]: which case is hashed is not published, so all three are tried.

use super::user_key::{is_scrambled, scramble, user_key};

/// The keys under which a clear name may have arrived: scrambled as given, in lower and in upper case.
pub fn scrambled_keys(name: &str) -> Vec<String> {
    let name = name.trim();
    let mut keys = vec![user_key(&scramble(name))];
    for other in [name.to_lowercase(), name.to_uppercase()] {
        // Most names are in lower case already.
        if other != name {
            keys.push(user_key(&scramble(&other)));
        }
    }
    keys
}

/// Whether a line of a list can be a clear name: one that has a key, and is not scrambled itself.
pub fn is_clear(name: &str) -> bool {
    const MOST: usize = 1024;
    let name = name.trim();
    !name.is_empty() && name.len() <= MOST && !name.chars().any(char::is_control) && !is_scrambled(name)
}

/// What stands behind the `\` or before the `@`; the whole of a bare name.
pub fn local_part(key: &str) -> &str {
    match key.split_once('\\') {
        Some((_, local)) => local,
        None => key.rsplit_once('@').map_or(key, |(local, _)| local),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_local_part_is_what_domains_leave() {
        for (key, local) in
            [("corp\\anna", "anna"), ("anna@csp.example", "anna"), ("anna", "anna"), ("\\", ""), ("@", "")]
        {
            assert_eq!(local_part(key), local, "{key}");
        }
        assert_eq!(
            local_part("corp\\anna@csp.example"),
            "anna@csp.example",
            "a UPN behind a domain is one name"
        );
    }

    #[test]
    fn a_scrambled_or_empty_line_is_no_clear_name() {
        assert!(is_clear("CORP\\anna") && is_clear(" anna "));
        for line in ["", "  ", "a\u{0}b", &scramble("anna"), &"x".repeat(1025)] {
            assert!(!is_clear(line), "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_found_as_given_and_in_lower_and_upper_case(name in "[ -~äöüßéİı]{1,30}") {
            prop_assume!(!name.trim().is_empty());
            let keys = scrambled_keys(&name);
            for hashed in [name.trim().to_owned(), name.trim().to_lowercase(), name.trim().to_uppercase()] {
                let arrived = scramble(&hashed);
                prop_assert!(is_scrambled(&arrived));
                prop_assert!(keys.contains(&user_key(&arrived)));
            }
            prop_assert!(!keys.contains(&user_key(&scramble("someone else altogether"))));
        }
    }
}
