//! A small office to announce for: two programs, made here so that no test of
//! delivery depends on how declarations are written.

use fairwarning::notice::{NoticePath, Program, Publication, Workspace};
use serde_json::json;
use std::collections::BTreeMap;

/// `parcel` has the notice `tls-1.2`, with one row for each environment and
/// API group; `letters` has none.
pub fn workspace() -> Workspace {
    let programs = [parcel(), letters()].map(|json| {
        let program: Program = serde_json::from_value(json).expect("the sample fits the model");
        (program.id.clone(), program)
    });
    Workspace { programs: programs.into_iter().collect() }
}

pub fn publication() -> Publication {
    Publication::new(workspace(), BTreeMap::new())
}

/// The same office after an edit that changes the notice.
pub fn amended() -> Publication {
    let mut workspace = workspace();
    let program = workspace.programs.get_mut("parcel").unwrap();
    program.notices.get_mut("tls-1.2").unwrap().title = "Another title".to_owned();
    Publication::new(workspace, BTreeMap::new())
}

pub fn notice() -> NoticePath {
    "parcel/tls-1.2".parse().unwrap()
}

fn parcel() -> serde_json::Value {
    json!({
        "id": "parcel",
        "settings": {
            "title": "Parcel Web Tools",
            "office": {"name": "Parcel API Office", "greeting": "Dear integrator"},
            "contact": {"email": "help@parcel.example"},
            "sender": {
                "address": "notices@parcel.example",
                "name": "Parcel API Office",
                "reply_to": "office@parcel.example"
            },
            "zone": "America/New_York",
            "locales": ["en", "de"]
        },
        "catalogue": {
            "environments": {
                "test": {"title": "Test", "stage": "test"},
                "prod": {"title": "Production", "stage": "production"}
            },
            "apis": {
                "rates": {"title": "Rates"},
                "labels": {"title": "Labels"},
                "holdForPickup": {"title": "Hold for pickup"},
                "tracking": {"title": "Tracking"}
            },
            "groups": {}, "cohorts": {}
        },
        "notices": {"tls-1.2": tls_notice()}
    })
}

fn tls_notice() -> serde_json::Value {
    let row = |environment: &str, apis: &[&str], cutoff: &str| {
        let targets: Vec<_> = apis.iter().map(|api| json!({"api": api})).collect();
        json!({
            "environment": environment, "urls": [], "targets": targets,
            "zone": "America/New_York", "dates": {"cutoff": cutoff}
        })
    };
    json!({
        "id": "tls-1.2",
        "title": "TLS 1.2 will be required: naïve clients are cut off",
        "kind": "protocol",
        "announced": "2020-01-15",
        "ends": ["TLS 1.0"], "needs": ["TLS 1.2"],
        "summary": "TLS 1.0 ends.",
        "contact": {"email": "help@parcel.example"},
        "schedule": {"rows": {
            "test-first": row("test", &["rates", "labels"], "2020-03-30"),
            "prod-first": row("prod", &["rates", "labels"], "2020-04-13"),
            "prod-secure": row("prod", &["holdForPickup"], "2020-09-27")
        }}
    })
}

fn letters() -> serde_json::Value {
    json!({
        "id": "letters",
        "settings": {
            "title": "Letters", "office": {"name": "Letters Office"},
            "sender": {"address": "office@letters.example"}, "zone": "UTC"
        },
        "catalogue": {
            "environments": {"live": {"title": "Live", "stage": "production"}},
            "apis": {"stamps": {"title": "Stamps"}}, "groups": {}, "cohorts": {}
        },
        "notices": {}
    })
}
