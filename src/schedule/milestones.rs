//! The dated events of a notice, in order.

use super::bounds::{Bounds, bounds};
use crate::notice::{BrownoutId, Date, EndpointId, Notice, RowId};
use chrono_tz::Tz;
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MilestoneKind {
    Announced,
    Deprecation,
    EndpointOpens,
    Brownout,
    Cutoff,
    Complete,
    Enforced,
    EndpointCloses,
}

impl MilestoneKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Deprecation => "deprecation",
            Self::EndpointOpens => "endpoint-opens",
            Self::Brownout => "brownout",
            Self::Cutoff => "cutoff",
            Self::Complete => "complete",
            Self::Enforced => "enforced",
            Self::EndpointCloses => "endpoint-closes",
        }
    }
}

impl fmt::Display for MilestoneKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One dated event. A repeating brownout is one milestone, at its first start.
#[derive(Debug, Clone, PartialEq)]
pub struct Milestone<'n> {
    pub kind: MilestoneKind,
    pub row: Option<&'n RowId>,
    pub brownout: Option<&'n BrownoutId>,
    pub endpoint: Option<&'n EndpointId>,
    pub date: &'n Date,
    pub zone: Tz,
    pub bounds: Bounds,
}

/// All milestones of `notice`, by earliest instant; what has none comes last.
/// `zone` is the program's.
pub fn milestones(notice: &Notice, zone: Tz) -> Vec<Milestone<'_>> {
    use MilestoneKind::*;
    let plain = |kind, date, zone| Milestone {
        kind,
        row: None,
        brownout: None,
        endpoint: None,
        date,
        zone,
        bounds: bounds(date, zone),
    };
    let mut all = vec![plain(Announced, &notice.announced, zone)];
    for (id, row) in &notice.schedule.rows {
        let kinds = [Deprecation, Cutoff, Complete, Enforced];
        for (kind, (_, date)) in kinds.into_iter().zip(row.dates.named()) {
            let milestone = date.map(|date| plain(kind, date, row.zone));
            all.extend(milestone.map(|m| Milestone { row: Some(id), ..m }));
        }
    }
    for (id, brownout) in &notice.schedule.brownouts {
        let row = brownout.rows.first().and_then(|id| notice.schedule.rows.get(id));
        let milestone = plain(Brownout, &brownout.start, row.map_or(zone, |row| row.zone));
        all.push(Milestone { brownout: Some(id), ..milestone });
    }
    for (id, endpoint) in &notice.test_endpoints {
        let dates = [(EndpointOpens, &endpoint.opens), (EndpointCloses, &endpoint.closes)];
        for (kind, date) in dates {
            let milestone = date.as_ref().map(|date| plain(kind, date, zone));
            all.extend(milestone.map(|m| Milestone { endpoint: Some(id), ..m }));
        }
    }
    all.sort_by_key(|m| (m.bounds.earliest.is_none(), m.bounds.earliest, m.kind));
    all
}
