//! Rounds that remind: once for each rung, inside the hours, and of nothing that
//! is no longer true.

use crate::databases::on_postgres_too;
use crate::sample_office;
use crate::test_office::TestOffice;
use chrono::{DateTime, Duration, Utc};
use fairwarning::announce::{Rounds, Ticked};
use fairwarning::notice::{
    Carrier, Date, Notice, NoticePath, OccasionKind, Outcome, Program, Publication, Reach,
};
use fairwarning::store::{
    Errand, NewNode, NodeId, Publishing, Report, Stands, StoredOccasion, Telling,
};
use std::collections::BTreeMap;

on_postgres_too!(
    each_rung_reminds_once_and_only_those_whose_rows_it_touches,
    after_a_downtime_the_overdue_rungs_fold_into_the_latest,
    a_passed_milestone_sends_nothing,
    a_reminder_that_waited_until_the_next_rung_is_overtaken_and_not_sent,
    whoever_is_announced_to_late_gets_the_announcement_in_place_of_the_overdue_rung,
    nobody_is_welcomed_to_a_notice_with_nothing_ahead,
    a_canary_that_did_not_reach_everybody_is_not_followed_up,
    a_revision_that_leaves_the_date_alone_leaves_the_reminder_alone,
    mail_waits_for_the_hours_of_the_program_or_of_the_recipient,
    what_did_not_leave_within_the_hours_leaves_within_the_next,
    brownouts_announce_the_first_and_a_summary,
);

/// An office whose notices are followed up.
pub struct Followed {
    pub office: TestOffice,
    pub rounds: Rounds,
    pub program: Program,
    node: NodeId,
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn date(text: &str) -> Date {
    Date { span: text.parse().unwrap(), label: None }
}

impl Followed {
    /// The sample with a ladder of 30 and 7 days.
    pub async fn open() -> Self {
        let office = TestOffice::open().await;
        let rounds = Rounds::new(office.store.clone());
        let node = NewNode { name: "test", lifetime: std::time::Duration::from_secs(600) };
        let node = office.store.register_node(node).await.unwrap();
        let program = sample_office::workspace().programs.swap_remove("parcel").unwrap();
        let mut this = Self { office, rounds, program, node };
        this.publish(|_, notice| {
            notice.reminders = vec!["30 days".parse().unwrap(), "7 days".parse().unwrap()];
        })
        .await;
        this
    }

    pub async fn publish(&mut self, edit: impl FnOnce(&mut Program, &mut Notice)) {
        self.publish_all(edit, |_| {}).await;
    }

    pub async fn publish_with_templates(
        &mut self,
        templates: impl FnOnce(&mut BTreeMap<String, String>),
    ) {
        self.publish_all(|_, _| {}, templates).await;
    }

    async fn publish_all(
        &mut self,
        edit: impl FnOnce(&mut Program, &mut Notice),
        templates: impl FnOnce(&mut BTreeMap<String, String>),
    ) {
        let id = sample_office::notice().notice;
        let mut notice = self.program.notices[&id].clone();
        edit(&mut self.program, &mut notice);
        self.program.notices.insert(id, notice);
        let mut workspace = sample_office::workspace();
        workspace.programs.insert(self.program.id.clone(), self.program.clone());
        let mut overrides = BTreeMap::new();
        templates(&mut overrides);
        let publication = Publication::new(workspace, overrides);
        let store = &self.office.store;
        let parent = store.current_publication_id().await.unwrap();
        let published = store.publish(&publication, parent, self.office.clock.now()).await.unwrap();
        assert!(!matches!(published, Publishing::Conflict { .. }));
    }

    /// Announces to everyone, and hands it to the carrier.
    pub async fn announce(&self) {
        let filled = self.office.fill(None).await.unwrap();
        self.office.store.entrust(filled.occasion, Carrier::Files).await.unwrap();
    }

    pub async fn tick(&mut self) -> Ticked {
        self.rounds.tick(self.office.clock.now()).await.unwrap()
    }

    pub async fn tick_at(&mut self, time: &str) -> Ticked {
        let now = self.office.clock.now();
        self.office.clock.pass(at(time) - now);
        self.tick().await
    }

    /// Claims what is due; each message comes to what `fate` says, or is lost.
    pub async fn deliver(&self, fate: impl Fn(&str) -> Option<Outcome>) -> Vec<String> {
        let store = &self.office.store;
        let mut sent = Vec::new();
        loop {
            let errand = Errand::All(Carrier::Files);
            let claims = store.claim(self.node, errand, 100).await.unwrap();
            if claims.rows.is_empty() && claims.settled.is_empty() {
                return sent;
            }
            let mut reports = Vec::new();
            for claimed in claims.rows {
                let Some(outcome) = fate(claimed.address.as_str()) else { continue };
                let retry_in = outcome.is_open().then(|| std::time::Duration::from_secs(3600));
                let reply = "reply".to_owned();
                reports.push(Report::Attempted { row: claimed.row, outcome, reply, retry_in });
                sent.push(claimed.address.to_string());
            }
            store.record(self.node, &reports).await.unwrap();
        }
    }

    pub async fn deliver_all(&self) -> Vec<String> {
        self.deliver(|_| Some(Outcome::Accepted)).await
    }

    pub fn path(&self) -> NoticePath {
        sample_office::notice()
    }

    pub async fn occasions(&self, kind: OccasionKind) -> Vec<StoredOccasion> {
        let all = self.office.store.occasions_about(&self.path()).await.unwrap();
        all.into_iter().filter(|occasion| occasion.kind == kind).collect()
    }

    pub async fn tellings(&self) -> Vec<Telling> {
        let all = self.office.store.occasions_about(&self.path()).await.unwrap();
        let ids: Vec<i64> = all.iter().map(|occasion| occasion.id).collect();
        self.office.store.tellings(&ids, (0, i64::MAX)).await.unwrap()
    }

    /// The rows of each reminder's edition, by the recipient's address.
    pub async fn messages(&self, kind: OccasionKind) -> Vec<(String, String)> {
        let occasions: Vec<i64> = self.occasions(kind).await.iter().map(|o| o.id).collect();
        let mut found = Vec::new();
        for row in self.office.outbox().await {
            for telling in self.tellings().await.iter().filter(|t| t.row == row.row) {
                if occasions.contains(&telling.occasion) {
                    let edition = self.office.store.edition(telling.edition).await.unwrap();
                    let rows: Vec<_> =
                        edition.unwrap().rows.iter().map(ToString::to_string).collect();
                    found.push((row.address.clone().unwrap_or_default(), rows.join("+")));
                }
            }
        }
        found.sort();
        found
    }
}

const PEOPLE: &str = "address,programs,apis,environments\n\
    rates@example.org,parcel,rates,\n\
    hold@example.org,parcel,holdForPickup,\n\
    tracking@example.org,parcel,tracking,\n";

async fn announced() -> Followed {
    let followed = Followed::open().await;
    followed.office.import(PEOPLE).await.unwrap();
    followed.announce().await;
    followed.deliver_all().await;
    followed
}

fn pair(address: &str, rows: &str) -> (String, String) {
    (address.to_owned(), rows.to_owned())
}

#[tokio::test]
async fn each_rung_reminds_once_and_only_those_whose_rows_it_touches() {
    let mut followed = announced().await;
    assert!(followed.tick().await.is_idle(), "nothing is due yet");
    // 30 days before 30 March, at nine in New York.
    assert!(followed.tick_at("2020-02-29T13:59:00Z").await.is_idle());
    assert_eq!(followed.tick_at("2020-02-29T14:00:00Z").await.reminders, 1);
    assert!(followed.tick().await.is_idle());
    let first = followed.messages(OccasionKind::Reminder).await;
    assert_eq!(first, [pair("rates@example.org", "test-first")]);
    followed.deliver_all().await;
    // 30 days before 13 April for production.
    assert_eq!(followed.tick_at("2020-03-14T13:00:00Z").await.reminders, 1);
    let keys: Vec<_> = followed.occasions(OccasionKind::Reminder).await;
    assert_eq!(keys[0].key, "cutoff/30 days/2020-03-30T00:00:00-04:00");
    assert_eq!(keys[1].key, "cutoff/30 days/2020-04-13T00:00:00-04:00");
}

#[tokio::test]
async fn after_a_downtime_the_overdue_rungs_fold_into_the_latest() {
    let mut followed = announced().await;
    // Both rungs of test-first have come, and the first of prod-first.
    assert_eq!(followed.tick_at("2020-03-25T12:00:00Z").await.reminders, 2);
    let keys: Vec<_> = followed.occasions(OccasionKind::Reminder).await;
    let keys: Vec<_> = keys.iter().map(|occasion| occasion.key.as_str()).collect();
    assert_eq!(
        keys,
        ["cutoff/30 days/2020-04-13T00:00:00-04:00", "cutoff/7 days/2020-03-30T00:00:00-04:00"]
    );
}

#[tokio::test]
async fn a_passed_milestone_sends_nothing() {
    let mut followed = announced().await;
    assert!(followed.tick_at("2020-12-01T12:00:00Z").await.is_idle());
    assert_eq!(followed.occasions(OccasionKind::Reminder).await.len(), 0);
}

#[tokio::test]
async fn a_reminder_that_waited_until_the_next_rung_is_overtaken_and_not_sent() {
    let mut followed = announced().await;
    followed.tick_at("2020-02-29T14:00:00Z").await;
    // The next rung of the same row comes on 23 March.
    followed.office.clock.pass(Duration::days(23));
    assert_eq!(followed.deliver_all().await, [] as [&str; 0]);
    let overtaken = followed.tellings().await;
    let is_overtaken = |t: &&Telling| t.stands == Stands::Settled(Outcome::Overtaken);
    assert_eq!(overtaken.iter().filter(is_overtaken).count(), 1);
}

#[tokio::test]
async fn whoever_is_announced_to_late_gets_the_announcement_in_place_of_the_overdue_rung() {
    let mut followed = announced().await;
    followed.tick_at("2020-03-01T12:00:00Z").await;
    followed.office.import("address,programs\nlate@example.org,parcel\n").await.unwrap();
    let ticked = followed.tick_at("2020-03-01T13:00:00Z").await;
    assert_eq!((ticked.announcements, ticked.reminders), (1, 0));
    assert!(followed.tick().await.is_idle());
    followed.deliver_all().await;
    followed.tick_at("2020-03-23T13:00:00Z").await;
    let reminded = followed.messages(OccasionKind::Reminder).await;
    assert!(reminded.contains(&pair("late@example.org", "test-first")), "{reminded:?}");
    assert!(reminded.iter().filter(|(who, _)| who == "late@example.org").count() == 2);
}

#[tokio::test]
async fn a_notice_for_everyone_is_for_everyone_of_its_program() {
    let mut followed = Followed::open().await;
    followed.publish(|_, notice| notice.audience.reach = Reach::Everyone).await;
    followed.office.import(PEOPLE).await.unwrap();
    followed.announce().await;
    let list = "address,programs\nstamps@example.org,letters\nlate@example.org,parcel\n";
    followed.office.import(list).await.unwrap();
    assert_eq!(followed.tick().await.announcements, 1);
}

#[tokio::test]
async fn nobody_is_welcomed_to_a_notice_with_nothing_ahead() {
    let mut followed = announced().await;
    followed.tick_at("2020-12-01T12:00:00Z").await;
    followed.office.import("address,programs\nlate@example.org,parcel\n").await.unwrap();
    assert!(followed.tick().await.is_idle());
}

#[tokio::test]
async fn a_canary_that_did_not_reach_everybody_is_not_followed_up() {
    let mut followed = Followed::open().await;
    followed.office.import_people(3).await;
    let filled = followed.office.fill(Some(1)).await.unwrap();
    followed.office.store.entrust(filled.occasion, Carrier::Files).await.unwrap();
    followed.deliver_all().await;
    assert!(followed.tick_at("2020-03-01T12:00:00Z").await.is_idle());
    followed.announce().await;
    assert_eq!(followed.tick().await.reminders, 1, "the canary was told before it was due");
}

#[tokio::test]
async fn a_revision_that_leaves_the_date_alone_leaves_the_reminder_alone() {
    let mut followed = announced().await;
    assert_eq!(followed.tick_at("2020-02-29T14:00:00Z").await.reminders, 1);
    followed.publish(|_, notice| notice.title = "In other words".to_owned()).await;
    let ticked = followed.tick().await;
    assert_eq!((ticked.reminders, ticked.changes, ticked.withdrawn), (0, 0, 0));
    assert_eq!(followed.deliver_all().await, ["rates@example.org"]);
}

#[tokio::test]
async fn mail_waits_for_the_hours_of_the_program_or_of_the_recipient() {
    use fairwarning::notice::{SendingHours, SendingZone};
    let mut followed = Followed::open().await;
    let hours = |zone| SendingHours {
        from: chrono::NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
        until: chrono::NaiveTime::from_hms_opt(17, 0, 0).unwrap(),
        zone,
    };
    followed
        .publish(|program, _| {
            program.settings.sending_hours = Some(hours(SendingZone::Recipient));
        })
        .await;
    let list = "address,programs,apis,zone\n\
        york@example.org,parcel,rates,\n\
        tokyo@example.org,parcel,rates,Asia/Tokyo\n";
    followed.office.import(list).await.unwrap();
    followed.announce().await;
    followed.deliver_all().await;
    assert_eq!(followed.tick_at("2020-02-29T14:00:00Z").await.reminders, 2);
    assert_eq!(followed.deliver_all().await, ["york@example.org"], "23:00 in Tokyo");
    followed.tick_at("2020-03-01T00:01:00Z").await;
    assert_eq!(followed.deliver_all().await, ["tokyo@example.org"], "09:01 in Tokyo");
}

#[tokio::test]
async fn what_did_not_leave_within_the_hours_leaves_within_the_next() {
    use fairwarning::notice::{SendingHours, SendingZone};
    let mut followed = Followed::open().await;
    followed
        .publish(|program, _| {
            program.settings.sending_hours = Some(SendingHours {
                from: chrono::NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
                until: chrono::NaiveTime::from_hms_opt(17, 0, 0).unwrap(),
                zone: SendingZone::Program,
            });
        })
        .await;
    followed.office.import(PEOPLE).await.unwrap();
    followed.announce().await;
    followed.deliver_all().await;
    followed.tick_at("2020-02-29T14:00:00Z").await;
    followed.office.clock.pass(Duration::hours(9));
    assert_eq!(followed.deliver_all().await, [] as [&str; 0], "18:00 in New York");
    assert_eq!(followed.tick().await.put_off, 1);
    assert_eq!(followed.deliver_all().await, [] as [&str; 0]);
    followed.tick_at("2020-03-01T14:30:00Z").await;
    assert_eq!(followed.deliver_all().await, ["rates@example.org"]);
}

#[tokio::test]
async fn brownouts_announce_the_first_and_a_summary() {
    use fairwarning::notice::{Brownout, BrownoutLength, Repeat, Subset};
    let mut followed = Followed::open().await;
    followed
        .publish(|_, notice| {
            let brownout = Brownout {
                rows: vec!["prod-secure".parse().unwrap()],
                start: date("2020-08-03T10:00"),
                length: BrownoutLength::Lasts("2 hours".parse().unwrap()),
                repeat: Some(Repeat {
                    every: "1 week".parse().unwrap(),
                    until: date("2020-08-24T10:00"),
                }),
                subset: Subset::All,
                note: None,
            };
            notice.schedule.brownouts.insert("weekly".parse().unwrap(), brownout);
        })
        .await;
    followed.office.import(PEOPLE).await.unwrap();
    followed.announce().await;
    followed.deliver_all().await;
    assert_eq!(followed.tick_at("2020-07-27T13:00:00Z").await.reminders, 1);
    let occasions = followed.occasions(OccasionKind::Reminder).await;
    let editions = followed.office.store.editions_of(occasions[0].id).await.unwrap();
    let edition = followed.office.store.edition(editions[0].id).await.unwrap().unwrap();
    let words = edition.text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("every week from Monday 3 August 2020"), "{}", edition.text);
    followed.deliver_all().await;
    // The second strike is a week later: no word of it.
    for day in ["2020-08-03T12:00:00Z", "2020-08-10T12:00:00Z", "2020-08-17T13:30:00Z"] {
        assert!(followed.tick_at(day).await.is_idle(), "{day}");
    }
}
