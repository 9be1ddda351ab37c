//! Whatever the office publishes, whoever joins and whatever becomes of the mail:
//! in the end everybody knows what is so, and nobody hears anything twice.

use crate::reminded::{Followed, date};
use fairwarning::notice::{
    Amendment, AmendmentKind, Carrier, Digest, Facts, Former, Notice, OccasionKind, Outcome, Text,
};
use fairwarning::schedule::facts;
use fairwarning::store::{Change, Claimed, Errand, NewNode, Report, Stands, StoredEdition};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

#[derive(Debug, Clone)]
enum Step {
    /// Row and month.
    Move(usize, u32),
    Halt(usize, bool),
    Prose,
    Tick,
    /// What becomes of each message that is due, in turn.
    Deliver(Vec<Fate>),
    /// Of which API, and whether for a weekly digest.
    Join(usize, bool),
    /// Whether somebody reads a weekly digest from now on.
    Change(usize, bool),
    Days(i64),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Comes(Outcome),
    /// It stays in the hands of a node that dies.
    Lost,
    /// It was never begun.
    Returned,
}

const ROWS: [&str; 3] = ["test-first", "prod-first", "prod-secure"];
const APIS: [&str; 3] = ["rates", "holdForPickup", ""];

fn fates() -> impl Strategy<Value = Fate> {
    prop_oneof![
        5 => Just(Fate::Comes(Outcome::Accepted)),
        1 => Just(Fate::Comes(Outcome::Deferred)),
        1 => Just(Fate::Comes(Outcome::Unknown)),
        1 => Just(Fate::Comes(Outcome::Rejected)),
        1 => Just(Fate::Lost),
        1 => Just(Fate::Returned),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0usize..3, 5u32..12).prop_map(|(row, month)| Step::Move(row, month)),
        1 => (0usize..3, any::<bool>()).prop_map(|(row, is_over)| Step::Halt(row, is_over)),
        1 => Just(Step::Prose),
        4 => Just(Step::Tick),
        4 => prop::collection::vec(fates(), 1..6).prop_map(Step::Deliver),
        2 => (0usize..3, any::<bool>()).prop_map(|(api, weekly)| Step::Join(api, weekly)),
        1 => (0usize..6, any::<bool>()).prop_map(|(who, weekly)| Step::Change(who, weekly)),
        1 => (1i64..20).prop_map(Step::Days),
    ];
    prop::collection::vec(step, 1..14)
}

fn often(is_weekly: bool) -> &'static str {
    if is_weekly { "weekly" } else { "each" }
}

fn amend(notice: &mut Notice, kind: AmendmentKind, row: &str) {
    notice.amendments.push(Amendment {
        date: date("2020-01-20"),
        kind,
        reason: None,
        rows: vec![row.parse().unwrap()],
        former: Former::Unchanged,
    });
}

struct Play {
    followed: Followed,
    people: usize,
    /// What is so, and was looked at since it was published.
    looked_at: Option<Facts>,
}

impl Play {
    async fn join(&mut self, api: usize, is_weekly: bool) {
        self.people += 1;
        let list =
            format!("p{}@example.org,parcel,{},{}\n", self.people, APIS[api], often(is_weekly));
        let list = format!("address,programs,apis,frequency\n{list}");
        self.followed.office.import(&list).await.unwrap();
    }

    async fn look(&mut self) -> bool {
        let is_idle = self.followed.tick().await.is_idle();
        let notice = &self.followed.program.notices[&self.followed.path().notice];
        self.looked_at = Some(facts(&self.followed.program, notice));
        is_idle
    }

    async fn step(&mut self, step: Step) {
        if matches!(step, Step::Move(..) | Step::Halt(..)) {
            self.looked_at = None;
        }
        match step {
            Step::Move(row, month) => {
                let to = format!("2020-{month:02}-10");
                let edit = |notice: &mut Notice| {
                    let row = notice.schedule.rows.get_mut(ROWS[row]).unwrap();
                    row.dates.cutoff = Some(date(&to));
                };
                self.followed.publish(|_, notice| edit(notice)).await;
            }
            Step::Halt(row, is_over) => {
                let kind = if is_over { AmendmentKind::Paused } else { AmendmentKind::Resumed };
                self.followed.publish(|_, notice| amend(notice, kind, ROWS[row])).await;
            }
            Step::Prose => {
                let more = |notice: &mut Notice| {
                    notice.summary = Text(format!("{} More.", notice.summary.0));
                };
                self.followed.publish(|_, notice| more(notice)).await;
            }
            Step::Tick => {
                self.look().await;
            }
            Step::Deliver(fates) => self.deliver(&fates).await,
            Step::Join(api, is_weekly) => self.join(api, is_weekly).await,
            Step::Change(who, is_weekly) => {
                let (store, now) = (&self.followed.office.store, self.followed.office.clock.now());
                let frequency = Some(often(is_weekly).parse().unwrap());
                let (name, locale, zone) = (None, None, None);
                let change = Change::Details { name, locale, zone, frequency };
                store.change(who as i64 + 1, &change, now).await.unwrap();
            }
            Step::Days(days) => self.followed.office.clock.pass(chrono::Duration::days(days)),
        }
    }

    /// A node of its own for each delivery, so that one may die.
    async fn deliver(&self, fates: &[Fate]) {
        let store = &self.followed.office.store;
        let node = NewNode { name: "one of many", lifetime: Duration::from_secs(60) };
        let node = store.register_node(node).await.unwrap();
        let errand = Errand::All(Carrier::Files);
        let claims = store.claim(node, errand, fates.len()).await.unwrap();
        self.assert_true(&claims.rows).await;
        let mut reports = Vec::new();
        for (claimed, fate) in claims.rows.iter().zip(fates) {
            let row = claimed.row;
            match fate {
                Fate::Lost => {}
                Fate::Returned => reports.push(Report::Returned { row }),
                Fate::Comes(outcome) => {
                    let retry_in = outcome.is_open().then(|| Duration::from_secs(600));
                    let (outcome, reply) = (*outcome, String::new());
                    reports.push(Report::Attempted { row, outcome, reply, retry_in });
                }
            }
        }
        store.record(node, &reports).await.unwrap();
    }

    /// Nothing leaves that is known to be true no more.
    async fn assert_true(&self, claimed: &[Claimed]) {
        let Some(now) = &self.looked_at else { return };
        let store = &self.followed.office.store;
        let of_digests = self.followed.tellings().await;
        for claimed in claimed {
            let members = store.members(claimed.row).await.unwrap();
            for member in &members {
                let telling = of_digests.iter().find(|t| t.row == member.row).unwrap();
                self.assert_says(now, telling.occasion, telling.edition).await;
            }
            if members.is_empty() {
                self.assert_says(now, claimed.occasion, claimed.edition).await;
            }
        }
    }

    async fn assert_says(&self, now: &Facts, occasion: i64, edition: i64) {
        let editions = self.followed.office.store.editions_of(occasion).await.unwrap();
        let edition = editions.iter().find(|known| known.id == edition).unwrap();
        let wrong: Vec<_> = edition.facts.superseded_by(now).collect();
        assert!(wrong.is_empty(), "a message leaves that is wrong about {wrong:?}");
    }

    /// Until nothing happens any more; all mail arrives.
    async fn settle(&mut self) {
        // Long enough for digests, and at last nothing comes due any more.
        let days = || chrono::Duration::days(8);
        let hours = || chrono::Duration::hours(2);
        for pass in [hours(), days(), days(), days(), days(), hours(), chrono::Duration::zero()] {
            self.followed.office.clock.pass(pass);
            self.look().await;
            for _ in 0..8 {
                self.deliver(&[Fate::Comes(Outcome::Accepted); 40]).await;
            }
        }
        assert!(self.look().await, "it never ends");
    }

    async fn assert_told(&self) {
        let followed = &self.followed;
        let store = &followed.office.store;
        let occasions = store.occasions_about(&followed.path()).await.unwrap();
        let mut editions: HashMap<i64, (OccasionKind, i64, StoredEdition)> = HashMap::new();
        for occasion in &occasions {
            for edition in store.editions_of(occasion.id).await.unwrap() {
                editions.insert(edition.id, (occasion.kind, occasion.id, edition));
            }
        }
        let notice = &followed.program.notices[&followed.path().notice];
        let now = facts(&followed.program, notice);
        let mut told: BTreeMap<i64, Facts> = BTreeMap::new();
        let mut given_up: Vec<i64> = Vec::new();
        let mut heard: HashMap<i64, Vec<(OccasionKind, Digest)>> = HashMap::new();
        for telling in followed.tellings().await {
            let (kind, _, edition) = &editions[&telling.edition];
            match telling.stands {
                Stands::Settled(Outcome::Accepted | Outcome::Unknown) => {}
                Stands::Settled(Outcome::Rejected) => {
                    given_up.push(telling.recipient);
                    continue;
                }
                Stands::Settled(_) => continue,
                open => panic!("{open:?} after everything settled"),
            }
            let theirs = told.entry(telling.recipient).or_default();
            if let Some(since) = &edition.since {
                let known = heard.get(&telling.recipient);
                let was_told = known.is_some_and(|all| all.iter().any(|(_, r)| r == since));
                assert!(was_told, "a change since what they were never told");
                let news = theirs.superseded_by(&edition.facts).next().is_some()
                    || edition.facts.rows().any(|row| theirs.get(row).is_none());
                assert!(news, "a change that tells nothing new");
            }
            theirs.say(&edition.facts);
            heard.entry(telling.recipient).or_default().push((*kind, edition.revision.clone()));
        }
        for (recipient, theirs) in told {
            if !given_up.contains(&recipient) {
                let wrong: Vec<_> = theirs.superseded_by(&now).collect();
                assert!(wrong.is_empty(), "{recipient} believes otherwise of {wrong:?}");
            }
        }
    }
}

fn play(steps: Vec<Step>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut play = Play { followed: Followed::open().await, people: 0, looked_at: None };
        for api in 0..3 {
            play.join(api, api == 1).await;
        }
        play.followed.announce().await;
        for step in steps {
            play.step(step).await;
        }
        play.settle().await;
        play.assert_told().await;
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn in_the_end_everybody_who_was_told_anything_knows_what_is_so(steps in steps()) {
        play(steps);
    }
}
