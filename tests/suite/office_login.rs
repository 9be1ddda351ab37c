//! The way into the office: tokens, sessions, single sign-on, and who is kept out.

use crate::web_service::{Answer, NOON, WebService, instant};
use chrono::TimeDelta;
use clap::Parser as _;
use fairwarning::config::{OfficeArguments, SingleSignOn};
use fairwarning::notice::OfficeScope;
use fairwarning::tokens;
use reqwest::Method;
use secrecy::ExposeSecret as _;

const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

impl WebService {
    /// A token's text, as somebody would paste it.
    async fn office_token(&self, scope: OfficeScope) -> String {
        let bearer = self.token(scope).await;
        bearer.strip_prefix("Bearer ").unwrap().to_owned()
    }

    async fn log_in(&self, token: &str) -> Answer {
        self.post_form("/office/login", &[("token", token)], &[OURS]).await
    }

    /// Sends a form with the token that its page shows to whoever these headers are of.
    pub async fn post_form(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let is_login = path.starts_with("/office/login");
        let page = if is_login { "/office/login" } else { "/office/tokens" };
        let shown = self.ask(Method::GET, page, headers).await.body;
        let token = shown.split("name=\"csrf_token\" value=\"").nth(1);
        let token = token.and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let fields: Vec<_> = fields.iter().copied().chain([("csrf_token", token)]).collect();
        self.post_as(path, &fields, headers).await
    }

    /// The cookie of somebody who logged in.
    pub async fn session(&self, scope: OfficeScope) -> String {
        let answer = self.log_in(&self.office_token(scope).await).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.header("set-cookie").split(';').next().unwrap().to_owned()
    }

    pub async fn see(&self, path: &str, cookie: &str) -> Answer {
        self.ask(Method::GET, path, &[("cookie", cookie)]).await
    }

    pub async fn act(&self, path: &str, fields: &[(&str, &str)], cookie: &str) -> Answer {
        self.post_form(path, fields, &[("cookie", cookie), OURS]).await
    }
}

#[tokio::test]
async fn nobody_sees_the_office_without_logging_in() {
    let service = WebService::start().await;
    for (path, to) in [
        ("/office", "/office/login"),
        ("/office/tokens", "/office/login?to=%2Foffice%2Ftokens"),
        ("/office/audit?before=5", "/office/login?to=%2Foffice%2Faudit%3Fbefore%3D5"),
        ("/office/nothing", "/office/login?to=%2Foffice%2Fnothing"),
    ] {
        for cookie in ["", "office=abc", "office=", "__Host-office=abc"] {
            let answer = service.see(path, cookie).await;
            assert_eq!((answer.status.as_u16(), answer.header("location")), (303, to), "{path}");
            assert_eq!(answer.header("cache-control"), "no-store");
        }
    }
    let fields = [("do", "create"), ("name", "Eve"), ("scope", "approver"), ("days", "1")];
    let answer = service.act("/office/tokens", &fields, "").await;
    assert_eq!(answer.status, 303);
    assert!(service.service.store().tokens().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_token_is_traded_for_a_cookie_that_scripts_and_other_sites_do_not_get() {
    let service = WebService::start().await;
    let token = service.office_token(OfficeScope::Viewer).await;
    let answer = service.log_in(&token).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/office"));
    let cookie = answer.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains(token.rsplit('_').next().unwrap()), "not the token itself");
    // By any name but this machine's own, it is for TLS alone.
    let host =
        [OURS, ("host", "notices.example"), ("content-type", "application/x-www-form-urlencoded")];
    let page = service.get("/office/login").await.body;
    let form =
        page.split("name=\"csrf_token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let body = format!("token={token}&csrf_token={form}");
    let outside = service.send("/office/login", &host, body).await;
    let cookie = outside.header("set-cookie");
    assert!(cookie.starts_with("__Host-office=") && cookie.contains("Secure"), "{cookie}");
}

#[tokio::test]
async fn whoever_logs_in_comes_to_the_page_they_wanted_and_to_no_other_site() {
    let service = WebService::start().await;
    let token = service.office_token(OfficeScope::Viewer).await;
    for (wanted, to) in [
        ("/office/tokens", "/office/tokens"),
        ("/office?x=1", "/office?x=1"),
        ("//evil.example", "/office"),
        ("https://evil.example/office", "/office"),
        ("/office//evil.example", "/office"),
        ("/office/../u/abc", "/office"),
        ("/office/%2e%2E/embed", "/office"),
        ("/office\\evil", "/office"),
        ("/officer", "/office"),
        ("/office/\r\nSet-Cookie: a=b", "/office"),
    ] {
        let fields = [("token", token.as_str()), ("to", wanted)];
        let answer = service.post_form("/office/login", &fields, &[OURS]).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, to), "{wanted:?}");
    }
}

#[tokio::test]
async fn a_session_ends_with_its_token_by_itself_and_when_its_holder_leaves() {
    let service = WebService::start().await;
    let (store, now) = (service.service.store(), instant(NOON));
    let sees = async |cookie: &str| service.see("/office", cookie).await.status.as_u16();

    let cookie = service.session(OfficeScope::Viewer).await;
    assert_eq!(sees(&cookie).await, 200);
    assert!(store.revoke_token("holder 0", now).await.unwrap());
    assert_eq!(sees(&cookie).await, 303, "its token was revoked");

    let cookie = service.session(OfficeScope::Viewer).await;
    let answer = service.act("/office/logout", &[], &cookie).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/office/login"));
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(sees(&cookie).await, 303, "its holder left, whoever else has the cookie");

    let end = Some(now + TimeDelta::hours(1));
    let short = tokens::create(store, "Short", OfficeScope::Viewer, end, now).await.unwrap();
    let answer = service.log_in(short.expose_secret()).await;
    assert!(answer.header("set-cookie").contains("Max-Age=3600"), "no longer than the token");
    let short = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let long = service.session(OfficeScope::Viewer).await;
    service.set_clock("2026-03-10T13:00:00Z");
    assert_eq!((sees(&short).await, sees(&long).await), (303, 200));
    service.set_clock("2026-03-11T00:00:00Z");
    assert_eq!(sees(&long).await, 303, "twelve hours are over");
}

#[tokio::test]
async fn another_site_cannot_have_a_browser_act() {
    let service = WebService::start().await;
    let cookie = service.session(OfficeScope::Approver).await;
    let fields = [("do", "create"), ("name", "Eve"), ("scope", "approver"), ("days", "1")];
    for foreign in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
    ] {
        let headers = [foreign, &[("cookie", cookie.as_str())]].concat();
        let answer = service.post_as("/office/tokens", &fields, &headers).await;
        assert_eq!(answer.status, 403, "{foreign:?}");
        assert_eq!(answer.json()["code"], "cross-site");
        let login = service.post_as("/office/login", &[("token", "x")], foreign).await;
        assert_eq!(login.status, 403, "nor log it in as somebody else: {foreign:?}");
    }
    assert_eq!(service.service.store().tokens().await.unwrap().len(), 1);
    let answer = service.act("/office/tokens", &fields, &cookie).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(service.service.store().tokens().await.unwrap().len(), 2);
}

#[tokio::test]
async fn whoever_guesses_is_stopped_and_others_are_not() {
    let service = WebService::start().await;
    let good = service.office_token(OfficeScope::Viewer).await;
    let from = |ip: &'static str| [OURS, ("x-forwarded-for", ip)];
    let guess = async |token: &str, ip| {
        service.post_form("/office/login", &[("token", token)], &from(ip)).await
    };
    for _ in 0..5 {
        let answer = guess("fairwarning_1_guess", "192.0.2.1").await;
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains("not a token of this service"), "{}", answer.body);
        assert!(!answer.body.contains("fairwarning_1_guess"), "it is not said back");
    }
    let bearer = [("authorization", "Bearer fairwarning_1_x"), ("x-forwarded-for", "192.0.2.1")];
    for _ in 0..5 {
        let answer = service.ask(Method::GET, "/api/v1/proof/head", &bearer).await;
        assert_eq!(answer.status, 401);
    }
    for token in ["fairwarning_1_guess", &good] {
        let answer = guess(token, "192.0.2.1").await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "360"), "{token}");
    }
    assert_eq!(service.ask(Method::GET, "/api/v1/proof/head", &bearer).await.status, 401);
    let good_bearer = format!("Bearer {good}");
    let from_there = [("authorization", good_bearer.as_str()), ("x-forwarded-for", "192.0.2.1")];
    let answer = service.ask(Method::GET, "/api/v1/proof/head", &from_there).await;
    assert_eq!(answer.status, 200, "a program with a good token is not shut out by others");
    assert_eq!(guess(&good, "192.0.2.2").await.status, 303, "another household");
    for _ in 0..20 {
        assert_eq!(guess(&good, "192.0.2.2").await.status, 303, "success costs nothing");
    }
}

fn single_sign_on(flags: &[&str]) -> Result<Option<SingleSignOn>, String> {
    #[derive(clap::Parser)]
    struct Flags {
        #[command(flatten)]
        office: OfficeArguments,
    }
    let parsed = Flags::try_parse_from(std::iter::once(&"program").chain(flags));
    let parsed = parsed.map_err(|bad| bad.to_string())?;
    parsed.office.check(&["127.0.0.1".parse().unwrap()]).map_err(|bad| bad.to_string())
}

const SIGNED_ON: [&str; 6] = [
    "--sso-user-header=X-Forwarded-User",
    "--sso-groups-header=X-Forwarded-Groups",
    "--sso-viewers=support",
    "--sso-editors=api-office",
    "--sso-approvers=api-leads",
    "--sso-approvers=board",
];

#[tokio::test]
async fn a_trusted_proxy_says_who_somebody_is_and_their_groups_what_they_may() {
    let trusted = single_sign_on(&SIGNED_ON).unwrap();
    let service = WebService::signing_on(trusted).await;
    let ask = async |headers: &[(&str, &str)]| service.ask(Method::GET, "/office", headers).await;
    let named = ("x-forwarded-user", "ada@office.example");
    let seen = ask(&[named, ("x-forwarded-groups", "staff, api-office")]).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    assert!(seen.body.contains("<strong>ada@office.example</strong>, editor"), "{}", seen.body);
    assert!(!seen.body.contains("Log out"), "that is the proxy's to do");
    let both = ask(&[named, ("x-forwarded-groups", "support,board")]).await;
    assert!(both.body.contains("approver"), "the furthest counts");
    let stranger = ask(&[named, ("x-forwarded-groups", "api-offices")]).await;
    assert_eq!(stranger.status, 403, "in no group that was named");
    let twice = ask(&[named, ("x-forwarded-user", "eve"), ("x-forwarded-groups", "board")]).await;
    assert_eq!(twice.status, 303, "two names are none");
    let fields = [("do", "create"), ("name", "Eve"), ("scope", "approver"), ("days", "1")];
    let leader = [named, ("x-forwarded-groups", "board")];
    let foreign = [&leader[..], &[("origin", "https://evil.example")]].concat();
    let answer = service.post_as("/office/tokens", &fields, &foreign).await;
    assert_eq!(answer.status, 403, "a browser adds the proxy's login to any site's form");
    let ours = [&leader[..], &[OURS]].concat();
    assert_eq!(service.post_as("/office/tokens", &fields, &ours).await.status, 403, "no token");
    assert_eq!(service.post_form("/office/tokens", &fields, &ours).await.status, 200);
    let deeds = service.service.store().deeds(None, 10).await.unwrap();
    assert_eq!(deeds[0].actor, "ada@office.example");
}

#[tokio::test]
async fn without_the_setting_nobody_is_believed() {
    let service = WebService::start().await;
    let headers = [("x-forwarded-user", "eve"), ("x-forwarded-groups", "api-leads")];
    assert_eq!(service.ask(Method::GET, "/office", &headers).await.status, 303);
}

#[test]
fn single_sign_on_is_set_up_whole_or_not_at_all() {
    assert_eq!(single_sign_on(&[]).unwrap(), None);
    let refused = |flags: &[&str]| single_sign_on(flags).unwrap_err();
    assert!(refused(&SIGNED_ON[..1]).contains("--sso-groups-header"));
    assert!(refused(&SIGNED_ON[..2]).contains("no group is"));
    assert!(refused(&SIGNED_ON[2..3]).contains("--sso-user-header"));
    let bad = ["--sso-user-header=Cookie", SIGNED_ON[1], SIGNED_ON[2]];
    assert!(refused(&bad).contains("`cookie`"), "{}", refused(&bad));
    let nobody = OfficeArguments::default();
    assert_eq!(nobody.check(&[]).unwrap(), None);
}

#[tokio::test]
async fn each_scope_reaches_as_far_as_it_says() {
    let service = WebService::start().await;
    let fields = [("do", "create"), ("name", "New"), ("scope", "viewer"), ("days", "30")];
    for scope in [OfficeScope::Viewer, OfficeScope::Editor] {
        let cookie = service.session(scope).await;
        let page = service.see("/office/tokens", &cookie).await;
        assert_eq!(page.status, 200);
        assert!(!page.body.contains("Make a token"), "no form that would be refused");
        let refused = service.act("/office/tokens", &fields, &cookie).await;
        assert_eq!(refused.status, 403);
        assert!(refused.body.contains("this needs approver"), "{}", refused.body);
    }
    let cookie = service.session(OfficeScope::Approver).await;
    let made = service.act("/office/tokens", &fields, &cookie).await;
    assert!(made.body.contains("cannot be shown again"), "{}", made.body);
    let again = service.see("/office/tokens", &cookie).await;
    assert!(again.body.contains("New") && !again.body.contains("class=\"secret\""));
    for (fields, wrong) in [
        (
            [("do", "create"), ("name", "New"), ("scope", "viewer"), ("days", "30")],
            "or was, a token",
        ),
        ([("do", "create"), ("name", " "), ("scope", "viewer"), ("days", "30")], "printable"),
        ([("do", "create"), ("name", "B"), ("scope", "owner"), ("days", "30")], "is not a scope"),
        ([("do", "create"), ("name", "B"), ("scope", "viewer"), ("days", "0")], "1 to 3650"),
    ] {
        let answer = service.act("/office/tokens", &fields, &cookie).await;
        assert_eq!(answer.status, 422, "{fields:?}");
        assert!(answer.body.contains(wrong), "{wrong}: {}", answer.body);
    }
    let revoked =
        service.act("/office/tokens", &[("do", "revoke"), ("name", "New")], &cookie).await;
    assert!(revoked.body.contains("was revoked"), "{}", revoked.body);
    let record = service.see("/office/audit", &cookie).await.body;
    for said in ["logged in", "made token", "viewer, good until 2026-04-09", "revoked token"] {
        assert!(record.contains(said), "{said}: {record}");
    }
}

#[tokio::test]
async fn a_form_is_taken_from_whoever_was_shown_it_within_the_last_hours() {
    let service = WebService::start().await;
    let shown = async |cookie: &str| {
        let page = service.see("/office/tokens", cookie).await.body;
        let token = page.split("name=\"csrf_token\" value=\"").nth(1).unwrap();
        token.split('"').next().unwrap().to_owned()
    };
    let (ann, bob) = (
        service.session(OfficeScope::Approver).await,
        service.session(OfficeScope::Approver).await,
    );
    let (of_ann, of_bob) = (shown(&ann).await, shown(&bob).await);
    let send = async |token: &str| {
        let fields = [
            ("do", "create"),
            ("name", "New"),
            ("scope", "viewer"),
            ("days", "9"),
            ("csrf_token", token),
        ];
        service.post_as("/office/tokens", &fields, &[("cookie", ann.as_str()), OURS]).await
    };
    for wrong in ["", "x", &of_bob, &of_ann[1..]] {
        let answer = send(wrong).await;
        assert_eq!(answer.status, 403, "{wrong}");
        assert!(answer.body.contains("load the page again"), "{}", answer.body);
    }
    assert_eq!(service.service.store().tokens().await.unwrap().len(), 2);
    assert_eq!(send(&of_ann).await.status, 200);
}

#[tokio::test]
async fn an_address_written_in_another_way_is_as_private() {
    let service = WebService::start().await;
    let bearer = service.token(OfficeScope::Viewer).await;
    let headers = [("authorization", bearer.as_str())];
    for path in ["/api/v1/%6Fffice/subscribers", "/%61pi/v1/office/tokens", "/api/v1/pr%6Fof/head"]
    {
        for method in [Method::GET, Method::OPTIONS] {
            let answer = service.ask(method.clone(), path, &headers).await;
            assert!(answer.status.is_success(), "{method} {path}: {}", answer.status);
            assert_eq!(answer.header("access-control-allow-origin"), "", "{method} {path}");
        }
    }
    for path in ["/%75/aeaaaaa", "/%70references/aeaaaaa"] {
        assert_eq!(service.get(path).await.header("referrer-policy"), "no-referrer", "{path}");
    }
}

#[tokio::test]
async fn a_proxy_may_write_ports_and_names_of_any_script_and_pass_its_own_login_on() {
    let service = WebService::signing_on(single_sign_on(&SIGNED_ON).unwrap()).await;
    let groups = ("x-forwarded-groups", "board");
    let seen = service
        .client
        .get(format!("{}/office", service.address))
        .header(
            "x-forwarded-user",
            reqwest::header::HeaderValue::from_bytes("Jörg".as_bytes()).unwrap(),
        )
        .header(groups.0, groups.1)
        .header("authorization", "Basic dTpw")
        .send()
        .await
        .unwrap();
    assert_eq!(seen.status(), 200);
    assert!(seen.text().await.unwrap().contains("<strong>Jörg</strong>"));
    let good = service.office_token(OfficeScope::Viewer).await;
    let log_in = async |token: &str, from: &str| {
        let headers = [OURS, ("x-forwarded-for", from)];
        service.post_form("/office/login", &[("token", token)], &headers).await.status.as_u16()
    };
    for from in ["203.0.113.9:5555", "[2001:db8::1]:44"] {
        for _ in 0..10 {
            assert_eq!(log_in("x", from).await, 422);
        }
        assert_eq!(log_in(&good, from).await, 429, "{from}");
    }
    assert_eq!(log_in(&good, "198.51.100.4:77").await, 303, "who is somebody else");
}
