//! Approval: nothing is announced but what somebody looked at and let go.

use crate::sample_office;
use crate::test_office::TestOffice;
use chrono::TimeDelta;
use fairwarning::announce::{
    AnnounceError, Approving, NotApproved, Round, approve, fill_interrupted, margin,
};
use fairwarning::notice::{Approval, OfficeScope, Publication, Reach};
use fairwarning::tokens::{self, TokenError};
use secrecy::ExposeSecret as _;
use std::process::{Command, Output};
use std::sync::Arc;

/// The sample, in a program that wants an approval.
fn careful() -> Publication {
    let mut publication = sample_office::publication();
    let program = Arc::make_mut(&mut publication.workspace).programs.get_mut("parcel").unwrap();
    program.settings.policy.approval = Approval::Required;
    publication
}

impl TestOffice {
    async fn publish(&self, publication: &Publication) {
        let parent = self.store.current_publication_id().await.unwrap();
        self.store.publish(publication, parent, self.clock.now()).await.unwrap();
    }

    /// The approver approves what is current now.
    async fn approve(&self) {
        let round = Round::load(&self.store, &sample_office::notice()).await.unwrap();
        let forecast = round.forecast(&self.store).await.unwrap();
        let now = self.clock.now();
        let name = format!("approver {}", self.store.tokens().await.unwrap().len());
        let token = tokens::create(&self.store, &name, OfficeScope::Approver, None, now).await;
        let token = token.unwrap();
        let needs = OfficeScope::Approver;
        let holder = tokens::authenticate(&self.store, token.expose_secret(), needs, now).await;
        let approving = Approving {
            notice: &round.path,
            parts: &round.parts(),
            forecast: &forecast,
            at_most: margin(&forecast),
            publication: round.publication(),
        };
        approve(&self.store, &approving, &holder.unwrap(), now).await.unwrap();
    }

    async fn refusal(&self) -> NotApproved {
        match self.fill(None).await {
            Err(AnnounceError::NotApproved(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }
}

async fn careful_office() -> TestOffice {
    let office = TestOffice::open().await;
    office.publish(&careful()).await;
    office.import_people(3).await;
    office
}

#[tokio::test]
async fn nothing_is_filled_without_an_approval_and_all_with_it() {
    let office = careful_office().await;
    let refusal = office.refusal().await;
    assert!(matches!(&refusal, NotApproved::Never { .. }), "{refusal}");
    assert!(office.outbox().await.is_empty());
    office.approve().await;
    assert_eq!(office.fill(None).await.unwrap().added, 3);
}

#[tokio::test]
async fn an_interrupted_round_is_not_filled_on_with_what_nobody_approved() {
    let office = careful_office().await;
    office.approve().await;
    let occasion = office.fill(Some(1)).await.unwrap().occasion;
    // As a process leaves it that was killed before it filled the rest.
    office.store.resume_filling(occasion, None, office.clock.now()).await.unwrap();
    let mut edited = careful();
    let program = Arc::make_mut(&mut edited.workspace).programs.get_mut("parcel").unwrap();
    program.notices.get_mut("tls-1.2").unwrap().title = "Another title".to_owned();
    office.publish(&edited).await;
    let (added, stuck) = fill_interrupted(&office.store, office.clock.now()).await.unwrap();
    assert_eq!((added, stuck.len()), (0, 1));
    office.approve().await;
    let (added, stuck) = fill_interrupted(&office.store, office.clock.now()).await.unwrap();
    assert_eq!((added, stuck.len()), (2, 0));
}

#[tokio::test]
async fn each_part_that_changed_is_named() {
    let office = careful_office().await;
    office.approve().await;
    let changed = async |publication: &Publication| {
        office.publish(publication).await;
        match office.refusal().await {
            NotApproved::Changed { changed, .. } => changed,
            other => panic!("{other}"),
        }
    };
    let mut titled = careful();
    let notice = |publication: &mut Publication, edit: fn(&mut fairwarning::notice::Notice)| {
        let program = Arc::make_mut(&mut publication.workspace).programs.get_mut("parcel").unwrap();
        edit(program.notices.get_mut("tls-1.2").unwrap());
    };
    notice(&mut titled, |notice| notice.title = "Another title".to_owned());
    assert_eq!(changed(&titled).await, ["notice"]);

    let mut templates = careful();
    let template = ("mail/announcement/subject.txt".to_owned(), "Changed".to_owned());
    templates.templates.extend([template]);
    assert_eq!(changed(&templates).await, ["templates"]);

    let mut policy = careful();
    let program = Arc::make_mut(&mut policy.workspace).programs.get_mut("parcel").unwrap();
    program.settings.policy.freezes =
        serde_json::from_str(r#"[{"from": "2030-12-20", "until": "2030-12-31"}]"#).unwrap();
    assert_eq!(changed(&policy).await, ["notice", "policy"]);

    let mut audience = careful();
    notice(&mut audience, |notice| notice.audience.reach = Reach::Everyone);
    assert_eq!(changed(&audience).await, ["notice", "audience"]);

    office.publish(&careful()).await;
    assert_eq!(office.fill(None).await.unwrap().added, 3, "what was approved is back");
}

#[tokio::test]
async fn an_audience_beyond_what_was_approved_is_looked_at_again() {
    let office = careful_office().await;
    office.approve().await;
    office.import_people(13).await;
    assert_eq!(office.fill(None).await.unwrap().added, 13, "ten more are within the margin");
    office.import_people(14).await;
    let refusal = office.refusal().await;
    assert!(matches!(refusal, NotApproved::Wider { at_most: 13, now: 14, .. }), "{refusal}");
}

#[tokio::test]
async fn a_token_is_good_for_its_scope_until_it_expires_or_is_revoked() {
    let office = TestOffice::open().await;
    let (store, now) = (&office.store, office.clock.now());
    let end = Some(now + TimeDelta::days(1));
    let token = tokens::create(store, "Reading", OfficeScope::Viewer, end, now).await.unwrap();
    let token = token.expose_secret();
    let ask = async |needs, at| tokens::authenticate(store, token, needs, at).await;
    assert_eq!(ask(OfficeScope::Viewer, now).await.unwrap().name, "Reading");
    let narrow = ask(OfficeScope::Approver, now).await;
    assert!(matches!(narrow, Err(TokenError::TooNarrow { .. })), "{narrow:?}");
    let late = ask(OfficeScope::Viewer, now + TimeDelta::days(1)).await;
    assert!(matches!(late, Err(TokenError::Expired(_))), "{late:?}");
    assert!(store.revoke_token("Reading", now).await.unwrap());
    let revoked = ask(OfficeScope::Viewer, now).await;
    assert!(matches!(revoked, Err(TokenError::Revoked(_))), "{revoked:?}");
    let again = tokens::create(store, "Reading", OfficeScope::Viewer, end, now).await;
    assert!(matches!(again, Err(TokenError::NameTaken(_))), "records name the first one");
}

#[tokio::test]
async fn what_is_no_token_is_told_nothing_more() {
    let office = TestOffice::open().await;
    let (store, now) = (&office.store, office.clock.now());
    let token = tokens::create(store, "Real", OfficeScope::Viewer, None, now).await.unwrap();
    let token = token.expose_secret().to_owned();
    let altered = format!("{}a", &token[..token.len() - 1]);
    let altered = if altered == token { token.replace('a', "b") } else { altered };
    let other = token.replace("_1_", "_2_");
    for presented in ["", "fairwarning_", "fairwarning_1_", "fairwarning_x_y", &altered, &other] {
        let refused = tokens::authenticate(store, presented, OfficeScope::Viewer, now).await;
        assert!(matches!(refused, Err(TokenError::Unknown)), "{presented}");
    }
    let secret = token.rsplit('_').next().unwrap();
    let kept = std::fs::read(office.folder.path().join("deep/in/office.db")).unwrap();
    let log = std::fs::read(office.folder.path().join("deep/in/office.db-wal")).unwrap();
    for bytes in [kept, log] {
        assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()));
    }
}

/// The program in an empty folder with the OnePageCRM sample, made careful.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("notices/onepagecrm"),
            folder.path().join("notices/onepagecrm"),
        );
        std::fs::create_dir_all(&to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
        let settings = to.join("program.yaml");
        let text = std::fs::read_to_string(&settings).unwrap();
        std::fs::write(&settings, text + "\npolicy: {approval: required}\n").unwrap();
        let list = "address,programs\na@example.org,onepagecrm\n";
        std::fs::write(folder.path().join("list.csv"), list).unwrap();
        Self(folder)
    }

    fn run(&self, token: Option<&str>, words: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
        command.current_dir(self.0.path()).args(words.split(' ')).env_clear();
        command.envs(token.map(|token| ("FAIRWARNING_TOKEN", token)));
        command.output().unwrap()
    }

    fn say(&self, token: Option<&str>, words: &str) -> String {
        let output = self.run(token, words);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }
}

#[test]
fn the_office_approves_from_the_command_line() {
    let desk = Desk::new();
    desk.say(None, "publish");
    desk.say(None, "recipients import list.csv");
    let notice = desk.say(None, "impacted --format csv");
    let notice = notice.lines().nth(1).unwrap().split(',').nth(1).unwrap().to_owned();
    let announce = format!("announce onepagecrm/{notice} --yes");
    let refused = desk.run(None, &announce);
    assert_eq!(refused.status.code(), Some(1));
    let why = String::from_utf8(refused.stderr).unwrap();
    assert!(why.contains("needs an approval before it is announced"), "{why}");

    let approve = format!("approve onepagecrm/{notice}");
    let shown = desk.say(None, &approve);
    let digest = shown.trim().rsplit(' ').next().unwrap().to_owned();
    assert!(shown.contains("1 recipient to hear"), "{shown}");
    let approve = format!("{approve} --digest {digest}");
    assert!(!desk.run(None, &approve).status.success(), "a token is needed");
    let viewer = desk.say(None, "token create Vera --scope viewer");
    let narrow = desk.run(Some(viewer.trim()), &approve);
    let why = String::from_utf8(narrow.stderr).unwrap();
    assert!(why.contains("is for a viewer; this needs approver"), "{why}");
    let token = desk.say(None, "token create Ann --scope approver");
    let other = desk.run(Some(token.trim()), &format!("{}0", &approve[..approve.len() - 1]));
    assert_eq!(other.status.code(), Some(2), "another digest");
    let done = desk.say(Some(token.trim()), &approve);
    assert!(done.contains("Approved by Ann, for at most 11 recipients."), "{done}");
    desk.say(None, &announce);
    let list = desk.say(None, "token list");
    assert!(list.contains("Ann") && !list.contains(token.trim()), "{list}");
    assert_eq!(desk.run(None, "token revoke Ann").status.code(), Some(0));
    assert!(!desk.run(Some(token.trim()), &approve).status.success(), "it was revoked");
}
