//! The office's operations over the API: each does what it says, to whom it may,
//! and is put on record.

use crate::test_office::TestOffice;
use crate::web_service::{Answer, WebService};
use fairwarning::notice::OfficeScope;
use reqwest::Method;
use serde_json::{Value, json};

const JSON: (&str, &str) = ("content-type", "application/json");

impl WebService {
    async fn order(&self, bearer: &str, path: &str, body: &Value) -> Answer {
        let headers = [JSON, ("authorization", bearer)];
        self.send(&format!("/api/v1/office/{path}"), &headers, body.to_string()).await
    }

    async fn look(&self, bearer: &str, path: &str) -> Answer {
        let path = format!("/api/v1/office/{path}");
        self.ask(Method::GET, &path, &[("authorization", bearer)]).await
    }
}

/// Every address, and the scope that it needs.
const READ: [&str; 10] = [
    "overview",
    "notices/parcel/tls-1.2",
    "notices/parcel/tls-1.2/forecast",
    "audit",
    "holds",
    "messages",
    "subscribers",
    "subscribers/1",
    "suppressions",
    "tokens",
];

fn changes() -> [(&'static str, Value, OfficeScope); 8] {
    let suppression = json!({"address": "p1@example.org", "reason": "asked"});
    [
        ("holds", json!({"reason": "a date is wrong"}), OfficeScope::Editor),
        ("holds/release", json!({}), OfficeScope::Editor),
        ("messages/retry", json!({"message": 1}), OfficeScope::Editor),
        ("subscribers/find", json!({"address": "p1@example.org"}), OfficeScope::Viewer),
        ("suppressions", suppression.clone(), OfficeScope::Editor),
        ("suppressions/lift", suppression, OfficeScope::Editor),
        ("tokens", json!({"name": "New", "scope": "viewer", "days": 9}), OfficeScope::Approver),
        ("tokens/revoke", json!({"name": "New"}), OfficeScope::Approver),
    ]
}

async fn at_work() -> (TestOffice, WebService) {
    let office = TestOffice::open().await;
    office.import_people(3).await;
    let service = WebService::over(&office).await;
    (office, service)
}

#[tokio::test]
async fn each_operation_is_for_whoever_reaches_so_far_alone() {
    let (office, service) = at_work().await;
    for path in READ {
        assert_eq!(service.look("", path).await.status, 401, "{path}");
        let bearer = service.token(OfficeScope::Viewer).await;
        let answer = service.look(&bearer, path).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
    for (path, body, needs) in changes() {
        assert_eq!(service.order("", path, &body).await.status, 401, "{path}");
        for scope in OfficeScope::ALL {
            let bearer = service.token(scope).await;
            let answer = service.order(&bearer, path, &body).await;
            let is_allowed = scope >= needs;
            assert_eq!(answer.status != 403, is_allowed, "{path} {scope}: {}", answer.body);
            assert!(!is_allowed || answer.status.is_success(), "{path}: {}", answer.body);
        }
    }
    let viewer = service.token(OfficeScope::Viewer).await;
    let person = "/api/v1/office/subscribers/2";
    let erase = async |bearer: &str| {
        service.ask(Method::DELETE, person, &[("authorization", bearer)]).await.status.as_u16()
    };
    assert_eq!((erase("").await, erase(&viewer).await), (401, 403));
    let editor = service.token(OfficeScope::Editor).await;
    assert_eq!((erase(&editor).await, erase(&editor).await), (204, 404));
    assert!(office.store.subscriber(2).await.unwrap().is_none());
}

#[tokio::test]
async fn a_cookie_alone_orders_nothing_from_another_site() {
    let (office, service) = at_work().await;
    let cookie = service.session(OfficeScope::Approver).await;
    for (path, body, _) in changes() {
        for foreign in [("sec-fetch-site", "cross-site"), ("x", "y")] {
            let headers = [JSON, ("cookie", cookie.as_str()), foreign];
            let path = format!("/api/v1/office/{path}");
            let answer = service.send(&path, &headers, body.to_string()).await;
            assert_eq!(answer.status, 403, "{path}");
        }
    }
    assert!(office.store.holds().await.unwrap().is_empty());
}

#[tokio::test]
async fn bodies_are_read_strictly_and_the_member_is_named() {
    let (_office, service) = at_work().await;
    let bearer = service.token(OfficeScope::Approver).await;
    for (path, body, named) in [
        ("holds", json!({"reason": "  "}), "reason: say why"),
        ("holds", json!({"reason": "x", "scope": "a b"}), "scope: "),
        ("holds", json!({"reason": "x", "colour": 1}), "colour"),
        ("holds", json!([1]), "no JSON object"),
        ("messages/retry", json!({}), "name a message or a notice"),
        ("messages/retry", json!({"message": 1, "notice": "a/b"}), "name a message or a notice"),
        ("messages/retry", json!({"notice": "a"}), "notice: "),
        ("messages/retry", json!({"notice": "a/b", "outcome": "accepted"}), "unknown variant"),
        ("subscribers/find", json!({"address": "ada"}), "address: "),
        (
            "suppressions",
            json!({"address": "a@b.example", "reason": "x", "program": "/"}),
            "program",
        ),
        ("tokens", json!({"name": "", "scope": "viewer", "days": 9}), "printable"),
        ("tokens", json!({"name": "A", "scope": "owner", "days": 9}), "scope: `owner`"),
        ("tokens", json!({"name": "A", "scope": "viewer", "days": 0}), "days: "),
    ] {
        let answer = service.order(&bearer, path, &body).await;
        assert_eq!(answer.status, 400, "{path} {body}: {}", answer.body);
        assert!(answer.body.contains(named), "{named}: {}", answer.body);
    }
    let unknown =
        service.order(&bearer, "holds", &json!({"scope": "parcels", "reason": "x"})).await;
    assert_eq!(unknown.status, 404, "{}", unknown.body);
    let form = [("content-type", "text/plain"), ("authorization", bearer.as_str())];
    let other = service.send("/api/v1/office/holds", &form, "{}".to_owned()).await;
    assert_eq!(other.status, 415);
    for path in ["audit?before=x", "messages?outcome=lost", "subscribers?limit=0", "tokens?x=1"] {
        assert_eq!(service.look(&bearer, path).await.status, 400, "{path}");
    }
}

#[tokio::test]
async fn what_is_ordered_happens_and_is_on_record() {
    let (office, service) = at_work().await;
    let bearer = service.token(OfficeScope::Approver).await;
    let hold = json!({"scope": "parcel", "reason": "a date is wrong"});
    assert_eq!(service.order(&bearer, "holds", &hold).await.json()["changed"], true);
    assert_eq!(service.order(&bearer, "holds", &hold).await.json()["changed"], false);
    let held = service.look(&bearer, "holds").await.json();
    assert_eq!(held["items"][0]["scope"], "parcel");
    assert_eq!(held["items"][0]["by"], "holder 0");
    let release = json!({"scope": "parcel"});
    assert_eq!(service.order(&bearer, "holds/release", &release).await.json()["changed"], true);
    assert!(office.store.holds().await.unwrap().is_empty());

    let find = async |address: &str| {
        service.order(&bearer, "subscribers/find", &json!({ "address": address })).await
    };
    assert_eq!(find("P3@example.org").await.json()["number"], 3);
    assert_eq!(find("e@example.org").await.status, 404);
    let known = service.look(&bearer, "subscribers/3").await.json();
    assert_eq!(known["person"]["address"], "p3@example.org");
    let first = service.look(&bearer, "subscribers?limit=2").await.json();
    assert_eq!(
        (&first["next"], &first["items"][1]["address"]),
        (&json!(2), &json!("p2@example.org"))
    );
    let rest = service.look(&bearer, "subscribers?limit=2&after=2").await.json();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));

    let wanted = json!({"name": "Bot", "scope": "viewer", "days": 30});
    let made = service.order(&bearer, "tokens", &wanted).await;
    assert_eq!(made.status, 201);
    assert_eq!(service.order(&bearer, "tokens", &wanted).await.status, 409, "its name is taken");
    let bot = format!("Bearer {}", made.json()["token"].as_str().unwrap());
    assert_eq!(service.look(&bot, "holds").await.status, 200);
    let revoked = service.order(&bearer, "tokens/revoke", &json!({"name": "Bot"})).await;
    assert_eq!(revoked.status, 204);
    assert_eq!(service.look(&bot, "holds").await.status, 401);
    let gone = service.order(&bearer, "tokens/revoke", &json!({"name": "Bot"})).await;
    assert_eq!(gone.status, 404);

    let record = service.look(&bearer, "audit?limit=3").await.json();
    let actions: Vec<_> =
        record["items"].as_array().unwrap().iter().map(|d| &d["action"]).collect();
    assert_eq!(actions, ["revoked token", "made token", "released"]);
    let before = format!("audit?before={}", record["next"]);
    let further = service.look(&bearer, &before).await.json();
    assert_eq!(further["items"][0]["action"], "held");
    assert_eq!(further["items"][0]["detail"], "a date is wrong");
    assert!(!service.look(&bearer, "audit").await.body.contains("fairwarning_"), "no secret");
}

#[tokio::test]
async fn what_was_seen_is_approved_announced_and_tested_and_nothing_else() {
    let (office, service) = at_work().await;
    let bearer = service.token(OfficeScope::Approver).await;
    let notice = "notices/parcel/tls-1.2";
    let seen = service.look(&bearer, notice).await.json();
    let digest = seen["digest"].as_str().unwrap();
    assert_eq!((&seen["approvals"], &seen["is_approval_needed"]), (&json!([]), &json!(false)));
    let forecast = service.look(&bearer, &format!("{notice}/forecast")).await.json();
    assert_eq!((&forecast["total"], &forecast["margin"]), (&json!(3), &json!(13)));

    let stale = json!({"digest": digest.replace('a', "b")});
    for what in ["approval", "announcement"] {
        let refused = service.order(&bearer, &format!("{notice}/{what}"), &stale).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (409, &json!("conflict")));
    }
    let approval = json!({ "digest": digest });
    let given = service.order(&bearer, &format!("{notice}/approval"), &approval).await;
    assert_eq!(given.json()["at_most"], 13, "{}", given.body);
    let seen = service.look(&bearer, notice).await.json();
    assert_eq!(seen["approvals"][0]["holds"], true);

    let announcement = json!({"digest": digest, "canary": 2, "key": "mine"});
    for _ in 0..2 {
        let asked = service.order(&bearer, &format!("{notice}/announcement"), &announcement).await;
        assert_eq!((asked.status.as_u16(), &asked.json()["state"]), (202, &json!("waiting")));
    }
    let whole = json!({"digest": digest, "key": "mine too"});
    let refused = service.order(&bearer, &format!("{notice}/announcement"), &whole).await;
    assert_eq!(refused.status, 409, "the first is not done yet, and this is not the same");
    assert!(refused.body.contains("not done yet"), "{}", refused.body);
    let other = json!({"address": "ann@office.example", "key": "mine"});
    let refused = service.order(&bearer, &format!("{notice}/test"), &other).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert!(refused.body.contains("under this key"), "{}", refused.body);
    let test = json!({"address": "ann@office.example"});
    let asked = service.order(&bearer, &format!("{notice}/test"), &test).await;
    assert_eq!(asked.status, 202, "{}", asked.body);
    let seen = service.look(&bearer, notice).await.json();
    let kinds: Vec<_> =
        seen["errands"].as_array().unwrap().iter().map(|errand| &errand["kind"]).collect();
    assert_eq!(kinds, ["test", "announce"], "what is asked twice under one key is asked once");
    for (what, body, status) in [
        ("announcement", json!({"digest": digest, "canary": 0}), 400),
        ("announcement", json!({"digest": digest, "key": ""}), 400),
        ("test", json!({"address": "nobody"}), 409),
    ] {
        let answer = service.order(&bearer, &format!("{notice}/{what}"), &body).await;
        assert_eq!(answer.status, status, "{what} {body}: {}", answer.body);
    }
    for path in ["notices/parcel/none", "notices/none/tls-1.2/forecast"] {
        assert_eq!(service.look(&bearer, path).await.status, 404, "{path}");
    }
    let (editor, viewer) =
        (service.token(OfficeScope::Editor).await, service.token(OfficeScope::Viewer).await);
    for (what, refused) in [("approval", &editor), ("announcement", &editor), ("test", &viewer)] {
        let answer = service.order(refused, &format!("{notice}/{what}"), &json!({})).await;
        assert_eq!(answer.status, 403, "{what}");
    }
    assert_eq!(office.store.deeds(None, 9).await.unwrap()[0].action, "asked for a test");
}
