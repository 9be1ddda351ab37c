//! Permanent faults: who is given up, who is not, and letters tried anew.

use crate::scripted_server::{Answer, ScriptedServer, Step};
use crate::test_office::{TestOffice, mail_settings, plaintext};
use chrono::Duration;
use fairwarning::delivery::{LONGEST_WAIT, MAX_ATTEMPTS, spread, wait};
use fairwarning::notice::{MailStatus, Outcome, Reply, mask_addresses};
use fairwarning::store::Letters;
use std::time::Duration as StdDuration;

crate::databases::on_postgres_too!(
    a_refusal_that_speaks_of_the_mailbox_suppresses_it_everywhere,
    a_letter_given_up_is_tried_anew_with_its_message_id_and_its_history,
    a_suppressed_recipient_hears_nothing_however_often_it_is_tried_anew,
);

async fn refused(step: Step, reply: &'static str) -> TestOffice {
    let office = TestOffice::open().await;
    office.import_people(3).await;
    let server = ScriptedServer::start(move |at, about| {
        let is_victim = at == step && about == "p1@example.org";
        if is_victim { Answer::Say(reply) } else { Answer::Fine }
    })
    .await;
    let flags = plaintext(server.port);
    let delivered = office.announce(&flags.each_ref().map(String::as_str)).await;
    assert_eq!(delivered.count(Outcome::Accepted), 2, "the others go on");
    assert_eq!(delivered.count(Outcome::Rejected), 1);
    assert_eq!(office.fate("p1@example.org").await, ("rejected".into(), reply.into()));
    office
}

#[tokio::test]
async fn a_refusal_that_speaks_of_the_mailbox_suppresses_it_everywhere() {
    for (reply, reason) in [
        ("550 5.1.1 no such user", "bounced: 5.1.1"),
        ("550 no such user here", "bounced: 550"),
        ("553 5.1.2 no such domain", "bounced: 5.1.2"),
        ("550 5.2.1 mailbox disabled", "bounced: 5.2.1"),
    ] {
        let office = refused(Step::Rcpt, reply).await;
        assert_eq!(office.suppressed("p1@example.org").await.as_deref(), Some(reason), "{reply}");
    }
}

/// A block list is about us, and a full mailbox may be emptied.
#[tokio::test]
async fn any_other_permanent_refusal_suppresses_nobody() {
    for (step, reply) in [
        (Step::Rcpt, "550 5.7.1 blocked by policy"),
        (Step::Rcpt, "552 5.2.2 mailbox full"),
        (Step::Rcpt, "554 transaction failed"),
        (Step::Data, "550 not like this"),
        (Step::Content, "550 looks like spam"),
        (Step::Content, "554 5.6.0 not like this"),
    ] {
        let office = refused(step, reply).await;
        assert_eq!(office.suppressed("p1@example.org").await, None, "{reply}");
    }
}

#[test]
fn waits_grow_up_to_a_cap_and_are_spread_below_it() {
    let (first, longest) = (StdDuration::from_secs(300), LONGEST_WAIT);
    let waits: Vec<u64> = (0..9).map(|n| wait(first, n, longest).as_secs()).collect();
    assert_eq!(waits, [300, 600, 1_200, 2_400, 4_800, 9_600, 14_400, 14_400, 14_400]);
    assert_eq!(wait(first, u32::MAX, longest), longest);
    let spread: Vec<StdDuration> = (1..=1_000).map(|row| spread(longest, row, 3)).collect();
    assert!(spread.iter().all(|wait| *wait <= longest && *wait >= longest * 4 / 5));
    let mean = spread.iter().sum::<StdDuration>() / 1_000;
    assert!(mean > longest * 88 / 100 && mean < longest * 92 / 100, "{mean:?}");
    let different: std::collections::BTreeSet<_> = spread.into_iter().collect();
    assert!(different.len() > 150, "{}", different.len());
}

#[test]
fn statuses_are_read_as_servers_write_them() {
    let status = |text: &str| MailStatus::parse(text).map(|s| s.to_string());
    assert_eq!(status("5.1.1").as_deref(), Some("5.1.1"));
    assert_eq!(status("5.1.10:").as_deref(), Some("5.1.10"));
    for bad in ["5.1", "3.1.1", "5..1", "5.1.", "5.1.1.2", "5.1111.1", "", "five"] {
        assert_eq!(status(bad), None, "{bad}");
    }
    assert_eq!(Reply::read("550-5.1.1 multi").status.unwrap().to_string(), "5.1.1");
    assert_eq!(Reply::read("550 10.0.0.1 blocked").status, None);
    assert_eq!(Reply::read("5.1.1 without a code").code, None);
}

#[test]
fn addresses_in_a_servers_words_are_masked() {
    for (told, masked) in [
        ("550 5.1.1 <jo.doe@example.org>: unknown", "550 5.1.1 <j…@example.org>: unknown"),
        ("jo@a.example and \u{fc}ber@b.example", "j…@a.example and \u{fc}…@b.example"),
        ("nobody", "nobody"),
        ("@", "…@"),
    ] {
        assert_eq!(mask_addresses(told), masked);
    }
}

#[tokio::test]
async fn a_letter_given_up_is_tried_anew_with_its_message_id_and_its_history() {
    let office = TestOffice::open().await;
    office.import_people(1).await;
    let occasion = office.fill(None).await.unwrap().occasion;
    let busy = ScriptedServer::start(|step, _| match step {
        Step::Rcpt => Answer::Say("451 4.7.1 later"),
        _ => Answer::Fine,
    })
    .await;
    let flags = plaintext(busy.port);
    for _ in 0..MAX_ATTEMPTS {
        office.deliver(occasion, mail_settings(&flags.each_ref().map(String::as_str))).await;
        office.clock.pass(Duration::hours(5));
    }
    let before = office.outbox().await.remove(0);
    assert_eq!(before.state, "dead");
    assert_eq!(office.store.overview().await.unwrap().dead, 1);
    let letters = Letters::OfNotice("parcel/tls-1.2".parse().unwrap());
    assert_eq!(office.store.retry(&letters, &[Outcome::Rejected]).await.unwrap(), 0);
    assert_eq!(office.store.retry(&letters, &[Outcome::Dead]).await.unwrap(), 1);
    assert_eq!(office.store.retry(&Letters::Row(1), &[Outcome::Dead]).await.unwrap(), 0);
    let well = ScriptedServer::start(|_, _| Answer::Fine).await;
    let flags = plaintext(well.port);
    let settings = mail_settings(&flags.each_ref().map(String::as_str));
    assert_eq!(office.deliver(occasion, settings).await.outcomes, [Outcome::Accepted]);
    let after = office.outbox().await.remove(0);
    assert_eq!((after.state.as_str(), after.attempts), ("accepted", 1));
    assert_eq!(after.message_id, before.message_id);
    let history = office.store.attempts(1).await.unwrap();
    assert_eq!(i64::try_from(history.len()).unwrap(), MAX_ATTEMPTS + 1);
}

#[tokio::test]
async fn a_suppressed_recipient_hears_nothing_however_often_it_is_tried_anew() {
    let office = refused(Step::Rcpt, "550 5.1.1 no such user").await;
    assert_eq!(office.store.retry(&Letters::Row(1), &[Outcome::Rejected]).await.unwrap(), 1);
    let well = ScriptedServer::start(|_, _| Answer::Fine).await;
    let flags = plaintext(well.port);
    let settings = mail_settings(&flags.each_ref().map(String::as_str));
    assert_eq!(office.deliver(1, settings).await.outcomes, [Outcome::Suppressed]);
    assert!(well.log().messages.is_empty());
}
