//! What a preview shows: every channel, day and recipient of every notice, to
//! this machine alone, and without leaving anything behind.

use crate::declared::workspace;
use crate::preview_site::{TestPreview, parcels};
use fairwarning::preview::{Channel, marks};
use fairwarning::render::Renderer;
use fairwarning::schedule::Days;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

const SAMPLES: [&str; 3] =
    ["usps-web-tools/tls-1.2", "onepagecrm/tls-1.2", "constant-contact/tls-1.2"];
const USPS: &str = "usps-web-tools/tls-1.2";

#[tokio::test]
async fn every_channel_answers_for_every_sample_notice() {
    let preview = TestPreview::of_samples();
    for notice in SAMPLES {
        for channel in Channel::ALL {
            let name = channel.name();
            let page = preview.page(&format!("/notices/{notice}/{name}")).await;
            assert!(page.contains("aria-current=\"page\">"), "{notice} {name}");
            let raw = preview.ask(&format!("/raw/{notice}/{name}"), &[]).await;
            assert_eq!(raw.status, 200, "{notice} {name}");
            assert_eq!(raw.header("content-type"), channel.content_type());
            assert!(raw.body.contains("TLS"), "{notice} {name}: {}", raw.body);
            assert!(!raw.body.contains('\u{e000}'), "{notice} {name}: a slot was left open");
        }
    }
    let index = preview.page("/").await;
    assert!(SAMPLES.iter().all(|notice| index.contains(&format!("/notices/{notice}/html"))));
}

/// The badges of the rows, by row.
fn states(page: &str) -> BTreeMap<String, String> {
    let lanes = page.split("<li class=\"lane").skip(1);
    lanes
        .map(|lane| {
            let between = |a: &str, b: &str| lane.split_once(a).unwrap().1.split(b).next().unwrap();
            let state = between("badge state-", "\"");
            (between("<code>", "</code>").to_owned(), state.to_owned())
        })
        .collect()
}

#[tokio::test]
async fn the_chosen_day_decides_the_states() {
    let preview = TestPreview::of_samples();
    let of = async |query: &str| {
        let page = preview.page(&format!("/notices/{USPS}/page{query}")).await;
        let states = states(&page);
        ["test-first-wave", "prod-first-wave"].map(|row| states[row].clone())
    };
    assert_eq!(of("").await, ["cut-off", "announced"], "today is the first of April");
    assert_eq!(of("?on=2020-03-29").await, ["announced", "announced"]);
    assert_eq!(of("?on=2020-03-30").await, ["cut-off", "announced"]);
    assert_eq!(of("?on=2020-04-13").await, ["cut-off", "cut-off"]);
    assert_eq!(of("?on=2020-04-12&at=23:59").await, ["cut-off", "announced"]);
    assert_eq!(of("?on=2031-01-01").await, ["cut-off", "cut-off"], "the last day there is");
    let before = preview.page(&format!("/raw/{USPS}/page?on=2020-03-29")).await;
    let after = preview.page(&format!("/raw/{USPS}/page?on=2020-04-13")).await;
    assert!(!before.contains("badge state-cut-off") && after.contains("badge state-cut-off"));
}

#[tokio::test]
async fn the_days_reach_from_the_announcement_to_after_the_last_milestone_and_stop_at_each() {
    let preview = TestPreview::of_parcels();
    let page = preview.page("/notices/parcels/labels/html").await;
    assert!(page.contains("min=\"2026-01-01\" max=\"2026-10-01\""), "{page}");
    for day in ["2026-01-01", "2026-06-01", "2026-09-01"] {
        let link = format!("href=\"/notices/parcels/labels/html?on={day}\"");
        assert!(page.contains(&link), "{day}: {page}");
    }
    let day = preview.page("/notices/parcels/labels/html?on=2026-06-01").await;
    assert!(day.contains("value=\"2026-06-01\"") && day.contains("value=\"151\""), "{day}");
}

#[test]
fn a_brownout_is_told_to_be_over_when_it_ends() {
    let workspace = workspace(
        "title: Old labels end\nkind: version\nannounced: 2026-01-01\nsummary: S.\nschedule:\n  \
         rows:\n    prod: {environment: prod, apis: [labels], cutoff: 2026-09-08}\n  brownouts:\n    \
         may: {start: 2026-05-05T14:00, length: 12 hours}\n",
    );
    let program = &workspace.programs["parcels"];
    let (notice, zone) = (&program.notices["labels"], program.settings.zone);
    let days = Days::of(notice, zone, "2026-01-01T00:00:00Z".parse().unwrap());
    let renderer = Renderer::new(&BTreeMap::new()).unwrap();
    let marks = marks(program, notice, &days, &renderer.language(&"en".parse().unwrap()));
    let when = |what: &str| marks.iter().find(|mark| mark.what == what).unwrap().when.clone();
    assert!(when("Brownout").starts_with("Tuesday 5 May 2026, 14:00"), "{}", when("Brownout"));
    let over = when("Brownout, over");
    assert!(over.starts_with("Wednesday 6 May 2026, 02:00"), "{over}");
}

#[tokio::test]
async fn a_recipient_view_shows_only_their_rows() {
    let preview = TestPreview::of_parcels();
    let mail = async |query: &str| preview.page(&format!("/raw/parcels/labels/text{query}")).await;
    let all = mail("").await;
    assert!(all.contains("1 June 2026") && all.contains("1 September 2026"), "{all}");
    let test = mail("?api=labels&environment=test").await;
    assert!(test.contains("1 June 2026"), "{test}");
    assert!(test.contains("One more row does not concern you"), "{test}");
    let page = preview.page("/notices/parcels/labels/text?environment=test").await;
    assert!(page.contains("told of 1 of 2 rows: labels"), "{page}");
    assert!(page.contains("not told to this recipient"), "{page}");
    let calendar = preview.page("/raw/parcels/labels/ics?environment=test").await;
    assert!(calendar.contains("20260601") && !calendar.contains("20260901"), "{calendar}");
}

#[tokio::test]
async fn whom_nothing_concerns_would_not_be_written_to() {
    let preview = TestPreview::of_parcels();
    let page = preview.page("/notices/parcels/labels/html?api=holdForPickup").await;
    assert!(page.contains("would not be written to"), "{page}");
    assert!(!page.contains("<iframe"), "{page}");
    assert_eq!(preview.ask("/raw/parcels/labels/html?api=holdForPickup", &[]).await.status, 404);
    let page = preview.page("/notices/parcels/labels/page?api=holdForPickup").await;
    assert!(page.contains("The same for everybody") && page.contains("<iframe"), "{page}");
}

#[tokio::test]
async fn a_mail_is_shown_where_it_can_do_nothing() {
    let preview = TestPreview::of_samples();
    let raw = preview.ask(&format!("/raw/{USPS}/html"), &[]).await;
    let policy = raw.header("content-security-policy");
    for part in ["sandbox", "style-src 'unsafe-inline'", "default-src 'none'"] {
        assert!(policy.split("; ").any(|it| it == part), "{policy}");
    }
    let page = preview.ask(&format!("/notices/{USPS}/html"), &[]).await;
    assert!(page.body.contains("sandbox=\"\""), "{}", page.body);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self'") && policy.contains("frame-ancestors 'none'"));
    for mark in ["<style", "style=\"", " onclick", "src=\"http"] {
        assert!(!page.body.contains(mark), "{mark}");
    }
}

#[tokio::test]
async fn only_names_of_this_machine_are_answered() {
    let preview = TestPreview::of_parcels();
    for host in ["localhost:8081", "127.0.0.1", "[::1]:8081", "127.0.0.2:80"] {
        assert_eq!(preview.ask("/", &[("host", host)]).await.status, 200, "{host}");
    }
    for host in ["drafts.example", "127.0.0.1.drafts.example:8081", "192.0.2.7"] {
        let answer = preview.ask("/", &[("host", host), ("x-forwarded-host", "localhost")]).await;
        assert_eq!(answer.status, 421, "{host}");
        assert!(!answer.body.contains("labels"), "{host}");
    }
}

fn command(arguments: &[&str], dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
    command.arg("preview").args(arguments).current_dir(dir).stdin(Stdio::null());
    command
}

#[test]
fn an_address_that_others_reach_is_refused_unless_it_is_meant() {
    let folder = parcels();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.7:0"] {
        let output = command(&[".", "--listen", address], folder.path()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("without a password") && said.contains("--expose"), "{said}");
    }
    let output = command(&["nowhere"], folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "there is no such folder");
}

/// Every file below a folder, with its content and when it was last written.
fn everything(dir: &Path) -> BTreeMap<String, (Vec<u8>, std::time::SystemTime)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let content = if path.is_dir() { Vec::new() } else { std::fs::read(&path).unwrap() };
            let written = path.metadata().unwrap().modified().unwrap();
            found.insert(path.display().to_string(), (content, written));
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_and_a_signal_ends_it_well() {
    let folder = parcels();
    let before = everything(folder.path());
    let arguments = [".", "--listen", "127.0.0.1:0"];
    let mut child = command(&arguments, folder.path()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines.by_ref().map(Result::unwrap).find(|line| line.contains("http://")).unwrap();
    assert!(said.contains("nothing is published"), "{said}");
    let address = said.split("http://").nth(1).unwrap().split(';').next().unwrap().to_owned();
    for channel in Channel::ALL {
        let url = format!("http://{address}/notices/parcels/labels/{}", channel.name());
        assert_eq!(reqwest::get(url).await.unwrap().status(), 200);
    }
    let mut events = reqwest::get(format!("http://{address}/events")).await.unwrap();
    assert!(events.chunk().await.unwrap().is_some(), "somebody watches while it is ended");
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let status = tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
    assert!(status.success(), "{status}");
    assert_eq!(everything(folder.path()), before);
}
