//! The catalogue against the table it was written from, and what unknown codes answer.

use super::*;

const EDITIONS: [&str; 4] = ["PLT", "ENT", "ADV", "STD"];

fn codes(unit: Unit) -> Vec<&'static str> {
    all().iter().filter(|feature| feature.unit == unit).map(|feature| feature.code).collect()
}

fn sorted(mut codes: Vec<String>) -> Vec<String> {
    codes.sort();
    codes
}

#[test]
fn the_catalogue_is_ordered_by_code_and_names_none_twice() {
    for pair in all().windows(2) {
        assert!(pair[0].code < pair[1].code, "{} before {}", pair[0].code, pair[1].code);
    }
}

#[test]
fn every_line_is_found_by_its_code_and_by_nothing_else() {
    for feature in all() {
        assert_eq!(find(feature.code), Some(feature));
        for other in [
            feature.code.to_lowercase(),
            format!(" {}", feature.code),
            format!("{}_", feature.code),
            feature.code[1..].to_owned(),
        ] {
            assert_eq!(find(&other), None, "{other:?}");
        }
    }
    assert_eq!(find(""), None);
}

#[test]
fn these_codes_and_no_others_count_users() {
    let expected = EDITIONS.iter().flat_map(|e| [format!("XDT_{e}_UD"), format!("XDS_{e}_UD")]);
    assert_eq!(codes(Unit::User), sorted(expected.collect()));
}

#[test]
fn concurrent_codes_give_a_peak() {
    let expected = EDITIONS
        .iter()
        .flat_map(|e| [format!("XDT_{e}_CCS"), format!("XDS_{e}_CCS"), format!("MPS_{e}_CCU")]);
    assert_eq!(codes(Unit::Peak), sorted(expected.collect()));
}

#[test]
fn netscaler_vpx_codes_are_instances() {
    let mbps = [1, 10, 25, 50, 100, 200, 500, 1000, 2000, 3000, 5000, 10000, 25000];
    assert_eq!(
        codes(Unit::Instance),
        sorted(mbps.iter().map(|n| format!("CNS_V{n}_SERVER")).collect::<Vec<_>>())
    );
    for n in mbps {
        let feature = find(&format!("CNS_V{n}_SERVER")).unwrap();
        assert_eq!((feature.product, feature.family), ("Networking", Family::Networking));
        assert_eq!(feature.edition, format!("NetScaler VPX, {n} Mbps"));
    }
}

#[test]
fn companions_are_known_and_never_warned_of() {
    let expected = [
        "CEHV_PLT_CCS",
        "CITRIX",
        "CNS_SEE_SERVER",
        "CNS_SPE_SERVER",
        "CNS_SSE_SERVER",
        "CTXLSDIAG",
        "CXS_ENT2_CCS",
        "CXS_PLT_CCS",
        "PVSD_STD_CCS",
        "PVS_STD_CCS",
    ];
    assert_eq!(codes(Unit::Companion), expected);
    assert!(!expected.into_iter().any(is_non_csp));
}

#[test]
fn a_csp_may_rent_out_these_and_no_others() {
    for feature in all() {
        let user = feature.unit == Unit::User && !feature.code.contains("_ENT_");
        assert_eq!(feature.csp, user || feature.unit == Unit::Instance, "{}", feature.code);
        let allowed = feature.csp || feature.unit == Unit::Companion;
        assert_eq!(is_non_csp(feature.code), !allowed, "{}", feature.code);
    }
    assert!(is_non_csp("XDT_ENT_UD") && is_non_csp("MPS_PLT_CCU") && !is_non_csp("XDT_PLT_UD"));
}

#[test]
fn an_xds_user_line_is_the_twin_of_its_xdt_line() {
    for feature in all() {
        let Some(of) = feature.twin_of else { continue };
        let line = find(of).unwrap();
        assert_eq!(feature.code.replace("XDS_", "XDT_"), of);
        assert_eq!(Feature { code: of, twin_of: None, ..*feature }, *line, "alike in all else");
    }
    for edition in EDITIONS {
        assert_eq!(twin_of(&format!("XDS_{edition}_UD")), Some(&*format!("XDT_{edition}_UD")));
        assert_eq!(twin_of(&format!("XDT_{edition}_UD")), None);
    }
    assert_eq!(all().iter().filter(|feature| feature.twin_of.is_some()).count(), 4);
}

#[test]
fn people_read_the_names_of_the_csp_program() {
    for (code, edition) in [
        ("XDT_PLT_UD", "Premium"),
        ("XDT_ADV_UD", "Base (Virtual Apps, Standard)"),
        ("XDT_STD_UD", "VDI Edition (Virtual Desktops, Standard)"),
        ("XDT_ENT_UD", "Enterprise"),
    ] {
        assert_eq!((product_of(code), edition_of(code)), ("Virtual Apps and Desktops", edition));
    }
    assert_eq!(product_of("MPS_ENT_CCU"), "Virtual Apps");
    assert_eq!(Family::ALL.map(Family::as_str), ["Virtual Apps and Desktops", "Networking"]);
}

#[test]
fn an_unknown_code_is_shown_as_it_is_and_counts_users() {
    for code in ["XDT_NEW_CCS", "xdt_plt_ud", "", "ÄÖ'"] {
        assert_eq!((product_of(code), edition_of(code)), (code, ""));
        assert_eq!(unit_of(code), Unit::User, "looked up, never guessed from the suffix");
        assert_eq!(unit_of(code).as_str(), "user");
        assert_eq!(family_of(code), Family::VirtualAppsAndDesktops);
        assert_eq!(twin_of(code), None);
        assert!(!is_non_csp(code));
    }
}
