//! The digest by which a repeated list is known again, at a tenth of what sorting it costs.

use twox_hash::XxHash3_128;

use super::Names;

/// Equal for lists that name the same users in the same spelling and the same devices, in any order.
///
/// The sum of the 128-bit XXH3 hashes of the names, and how many there are. It guards against doing
/// work twice, not against forgery: two different lists that meet by chance would take 2^64 tries.
pub fn list_digest(users: &Names, devices: &Names) -> [u8; 24] {
    let sum = |names: &Names, seed: u64| {
        names
            .iter()
            .map(|name| XxHash3_128::oneshot_with_seed(seed, name.as_bytes()))
            .fold(0u128, u128::wrapping_add)
    };
    let mut digest = [0; 24];
    digest[..16].copy_from_slice(&sum(users, 0).wrapping_add(sum(devices, 1)).to_be_bytes());
    digest[16..].copy_from_slice(&(users.len() as u64).to_be_bytes());
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Names {
        let mut names = Names::default();
        list.iter().for_each(|name| names.push(name));
        names
    }

    #[test]
    fn tells_users_spelling_and_devices_apart_but_not_order() {
        let digest = |users: &[&str], devices: &[&str]| list_digest(&names(users), &names(devices));
        assert_eq!(digest(&["a", "b"], &["x", "y"]), digest(&["b", "a"], &["y", "x"]));
        assert_ne!(digest(&["a"], &[]), digest(&["A"], &[]));
        assert_ne!(digest(&["a", "b"], &[]), digest(&["a"], &["b"]));
        assert_ne!(digest(&["a", "a"], &[]), digest(&["a"], &[]));
        assert_ne!(digest(&["ab"], &[]), digest(&["a", "b"], &[]));
        assert_ne!(digest(&[], &[]), digest(&["a"], &[]));
    }

    #[test]
    fn stays_the_same_over_versions_since_it_is_stored() {
        let shown: String =
            list_digest(&names(&["CORP\\anna"]), &names(&[])).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(shown, "f8ff5fc0f64efd552cc537e404aca93b0000000000000001");
    }
}
