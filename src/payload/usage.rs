//! Usage of one payload, one list for each delivery group, feature and period.

use std::collections::HashMap;

use super::{Names, Payload, Peak, UsageList};
use crate::domain::period::BillingPeriod;

type Key = (Option<String>, String, BillingPeriod);

/// Gathers lists and figures; what names one key twice is one set, and the greater figure.
#[derive(Default)]
pub(super) struct UsageBook {
    lists: Vec<UsageList>,
    list_of: HashMap<Key, usize>,
    peaks: Vec<Peak>,
    peak_of: HashMap<Key, usize>,
}

impl UsageBook {
    pub(super) fn add_names(
        &mut self,
        delivery_group: Option<&str>,
        feature: &str,
        period: BillingPeriod,
        users: Names,
        devices: Names,
    ) {
        let key = (delivery_group.map(str::to_owned), feature.to_owned(), period);
        let index = *self.list_of.entry(key).or_insert_with_key(|(delivery_group, feature, _)| {
            self.lists.push(UsageList {
                delivery_group: delivery_group.clone(),
                feature: feature.clone(),
                period,
                users: Names::default(),
                devices: Names::default(),
            });
            self.lists.len() - 1
        });
        if let Some(list) = self.lists.get_mut(index) {
            list.users.append(users);
            list.devices.append(devices);
        }
    }

    pub(super) fn add_peak(
        &mut self,
        delivery_group: Option<&str>,
        feature: &str,
        period: BillingPeriod,
        peak: Option<u64>,
        active: Option<bool>,
    ) {
        if peak.is_none() && active.is_none() {
            return;
        }
        let key = (delivery_group.map(str::to_owned), feature.to_owned(), period);
        let index = *self.peak_of.entry(key).or_insert_with_key(|(delivery_group, feature, _)| {
            self.peaks.push(Peak {
                delivery_group: delivery_group.clone(),
                feature: feature.clone(),
                period,
                peak: None,
                active: None,
            });
            self.peaks.len() - 1
        });
        if let Some(known) = self.peaks.get_mut(index) {
            known.peak = known.peak.max(peak);
            known.active = known.active.max(active);
        }
    }

    /// Hands everything to `payload`, in the order it came.
    pub(super) fn move_to(self, payload: &mut Payload) {
        payload.usage = self.lists;
        payload.peaks = self.peaks;
    }
}
