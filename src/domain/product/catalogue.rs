//! The lines of the catalogue, ordered by code (a test holds the order: look-up is a binary search).
//!
//! Codes, their units and what CSPs may use: [D]. Names of the editions that are no CSP codes, and of
//! companions, follow the letters and the license server's own display names [R].

use super::{Family, Feature, Unit};

pub(super) const APPS_AND_DESKTOPS: &str = "Virtual Apps and Desktops";
pub(super) const NETWORKING: &str = "Networking";

const CSP: bool = true;
const NOT_CSP: bool = false;

pub(super) static FEATURES: [Feature; 43] = [
    companion("CEHV_PLT_CCS", "StorageLink", "Platinum"),
    companion("CITRIX", "Start-up license", ""),
    vpx_edition("CNS_SEE_SERVER", "NetScaler VPX, Enterprise Edition"),
    vpx_edition("CNS_SPE_SERVER", "NetScaler VPX, Platinum Edition"),
    vpx_edition("CNS_SSE_SERVER", "NetScaler VPX, Standard Edition"),
    vpx("CNS_V10000_SERVER", "NetScaler VPX, 10000 Mbps"),
    vpx("CNS_V1000_SERVER", "NetScaler VPX, 1000 Mbps"),
    vpx("CNS_V100_SERVER", "NetScaler VPX, 100 Mbps"),
    vpx("CNS_V10_SERVER", "NetScaler VPX, 10 Mbps"),
    vpx("CNS_V1_SERVER", "NetScaler VPX, 1 Mbps"),
    vpx("CNS_V2000_SERVER", "NetScaler VPX, 2000 Mbps"),
    vpx("CNS_V200_SERVER", "NetScaler VPX, 200 Mbps"),
    vpx("CNS_V25000_SERVER", "NetScaler VPX, 25000 Mbps"),
    vpx("CNS_V25_SERVER", "NetScaler VPX, 25 Mbps"),
    vpx("CNS_V3000_SERVER", "NetScaler VPX, 3000 Mbps"),
    vpx("CNS_V5000_SERVER", "NetScaler VPX, 5000 Mbps"),
    vpx("CNS_V500_SERVER", "NetScaler VPX, 500 Mbps"),
    vpx("CNS_V50_SERVER", "NetScaler VPX, 50 Mbps"),
    companion("CTXLSDIAG", "License server diagnostics", ""),
    companion("CXS_ENT2_CCS", "XenServer", "Enterprise"),
    companion("CXS_PLT_CCS", "XenServer", "Platinum"),
    peak("MPS_ADV_CCU", "Virtual Apps", "Advanced (concurrent user)"),
    peak("MPS_ENT_CCU", "Virtual Apps", "Enterprise (concurrent user)"),
    peak("MPS_PLT_CCU", "Virtual Apps", "Premium (concurrent user)"),
    peak("MPS_STD_CCU", "Virtual Apps", "Standard (concurrent user)"),
    companion("PVSD_STD_CCS", "Provisioning for Desktops", "Standard"),
    companion("PVS_STD_CCS", "Provisioning", "Standard"),
    peak("XDS_ADV_CCS", APPS_AND_DESKTOPS, "Advanced (concurrent system)"),
    twin("XDS_ADV_UD", "XDT_ADV_UD", "Base (Virtual Apps, Standard)", CSP),
    peak("XDS_ENT_CCS", APPS_AND_DESKTOPS, "Enterprise (concurrent system)"),
    twin("XDS_ENT_UD", "XDT_ENT_UD", "Enterprise", NOT_CSP),
    peak("XDS_PLT_CCS", APPS_AND_DESKTOPS, "Premium (concurrent system)"),
    twin("XDS_PLT_UD", "XDT_PLT_UD", "Premium", CSP),
    peak("XDS_STD_CCS", APPS_AND_DESKTOPS, "Standard (concurrent system)"),
    twin("XDS_STD_UD", "XDT_STD_UD", "VDI Edition (Virtual Desktops, Standard)", CSP),
    peak("XDT_ADV_CCS", APPS_AND_DESKTOPS, "Advanced (concurrent system)"),
    user("XDT_ADV_UD", "Base (Virtual Apps, Standard)", CSP),
    peak("XDT_ENT_CCS", APPS_AND_DESKTOPS, "Enterprise (concurrent system)"),
    user("XDT_ENT_UD", "Enterprise", NOT_CSP),
    peak("XDT_PLT_CCS", APPS_AND_DESKTOPS, "Premium (concurrent system)"),
    user("XDT_PLT_UD", "Premium", CSP),
    peak("XDT_STD_CCS", APPS_AND_DESKTOPS, "Standard (concurrent system)"),
    user("XDT_STD_UD", "VDI Edition (Virtual Desktops, Standard)", CSP),
];

/// User/device, of Virtual Apps and Desktops.
const fn user(code: &'static str, edition: &'static str, csp: bool) -> Feature {
    Feature {
        code,
        product: APPS_AND_DESKTOPS,
        edition,
        unit: Unit::User,
        csp,
        twin_of: None,
        family: Family::VirtualAppsAndDesktops,
    }
}

/// One purchase comes as two lines: XDT for current controllers, XDS for those of long ago [D].
const fn twin(code: &'static str, of: &'static str, edition: &'static str, csp: bool) -> Feature {
    Feature { twin_of: Some(of), ..user(code, edition, csp) }
}

/// Concurrent system or concurrent user: never a CSP code [D].
const fn peak(code: &'static str, product: &'static str, edition: &'static str) -> Feature {
    Feature { product, unit: Unit::Peak, ..user(code, edition, NOT_CSP) }
}

const fn vpx(code: &'static str, edition: &'static str) -> Feature {
    Feature {
        product: NETWORKING,
        unit: Unit::Instance,
        family: Family::Networking,
        ..user(code, edition, CSP)
    }
}

/// The edition of a VPX comes as a line beside it, and is no instance of its own [D].
const fn vpx_edition(code: &'static str, edition: &'static str) -> Feature {
    Feature { unit: Unit::Companion, csp: NOT_CSP, ..vpx(code, edition) }
}

const fn companion(code: &'static str, product: &'static str, edition: &'static str) -> Feature {
    Feature { product, unit: Unit::Companion, ..user(code, edition, NOT_CSP) }
}
