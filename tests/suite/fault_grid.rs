//! Every fault at every step of the dialogue: the right outcome each, and the
//! others go on.

use crate::scripted_server::{Answer, ScriptedServer, Step};
use crate::test_office::{TestOffice, plaintext};
use crate::torture::faults::{ALL, Fault, STEPS, expected};
use fairwarning::delivery::Ended;
use fairwarning::notice::Outcome;
use futures_util::future::join_all;

const VICTIM: &str = "p2@example.org";

/// A server that takes one command at a time, and one that takes several.
const MANNERS: [&[&str]; 2] = [&["8BITMIME"], &["8BITMIME", "PIPELINING"]];

async fn about_one_message(manner: &'static [&'static str], step: Step, fault: Fault) {
    let office = TestOffice::open().await;
    office.import_people(5).await;
    let server = ScriptedServer::offering(manner, move |at, about| {
        if at == step && about == VICTIM { fault.answer() } else { Answer::Fine }
    })
    .await;
    let [url, plain, _] = plaintext(server.port);
    let delivered = office.announce(&[&url, &plain, "--smtp-timeout-seconds=1"]).await;
    let case = format!("{fault:?} at {step:?} of {manner:?}");
    let (state, reply) = office.fate(VICTIM).await;
    match expected(step, fault) {
        Some(expected) => {
            assert_eq!(delivered.ended, Ended::Done, "{case}");
            assert_eq!(state, expected.as_str(), "{case}: {reply}");
            assert!(delivered.pauses.is_empty(), "{case}: {:?}", delivered.pauses);
            assert_eq!(delivered.count(Outcome::Accepted), 4, "{case}: the others go on");
        }
        None => {
            assert!(!delivered.pauses.is_empty(), "{case}: the queue pauses");
            assert_eq!(state, "waiting", "{case}: no message pays for it");
        }
    }
    let victim =
        office.outbox().await.into_iter().find(|row| row.address.as_deref() == Some(VICTIM));
    let attempts = i64::from(expected(step, fault).is_some());
    assert_eq!(victim.unwrap().attempts, attempts, "{case}");
}

#[tokio::test]
async fn a_fault_about_one_message_is_that_message_s_alone() {
    for manner in MANNERS {
        let cases = STEPS.iter().flat_map(|step| ALL.map(|fault| (*step, fault)));
        let grid = cases.map(|(step, fault)| Box::pin(about_one_message(manner, step, fault)));
        join_all(grid).await;
    }
}

async fn about_the_server(manner: &'static [&'static str], step: Step, fault: Fault) {
    let office = TestOffice::open().await;
    office.import_people(3).await;
    let server =
        ScriptedServer::offering(
            manner,
            move |at, _| {
                if at == step { fault.answer() } else { Answer::Fine }
            },
        )
        .await;
    let [url, plain, _] = plaintext(server.port);
    let delivered = office.announce(&[&url, &plain, "--smtp-timeout-seconds=1"]).await;
    let case = format!("{fault:?} at {step:?} of {manner:?}");
    if (step, fault) == (Step::Mail, Fault::Transient) {
        // Too many messages of this sender, or no room: each is tried again.
        assert_eq!(delivered.outcomes, [Outcome::Deferred; 3], "{case}");
        return;
    }
    assert!(matches!(delivered.ended, Ended::GaveUp(_)), "{case}: {:?}", delivered.ended);
    assert_eq!(delivered.outcomes, [], "{case}");
    for row in office.outbox().await {
        assert_eq!((row.state.as_str(), row.attempts), ("waiting", 0), "{case}");
    }
    assert!(server.log().messages.is_empty(), "{case}");
}

#[tokio::test]
async fn a_fault_before_any_message_pauses_the_queue_and_costs_no_attempt() {
    let steps = [Step::Greeting, Step::Ehlo, Step::Mail];
    for manner in MANNERS {
        let cases = steps.iter().flat_map(|step| ALL.map(|fault| (*step, fault)));
        let grid = cases.map(|(step, fault)| Box::pin(about_the_server(manner, step, fault)));
        join_all(grid).await;
    }
}

async fn while_turning_to_tls(fault: Fault) {
    let office = TestOffice::open().await;
    office.import_people(2).await;
    let server = ScriptedServer::offering(&["STARTTLS"], move |at, _| {
        if at == Step::StartTls { fault.answer() } else { Answer::Fine }
    })
    .await;
    let url = format!("--smtp-url=smtp://127.0.0.1:{}", server.port);
    let delivered = office.announce(&[&url, "--smtp-timeout-seconds=1"]).await;
    assert!(matches!(delivered.ended, Ended::GaveUp(_)), "{fault:?}: {:?}", delivered.ended);
    let lines = server.log().lines;
    let is_harmless =
        |line: &String| ["EHLO", "STARTTLS", "QUIT"].iter().any(|verb| line.starts_with(verb));
    assert!(lines.iter().all(is_harmless), "{fault:?}: {lines:?}");
}

#[tokio::test]
async fn a_fault_while_turning_to_tls_sends_nothing_in_clear() {
    join_all(ALL.map(|fault| Box::pin(while_turning_to_tls(fault)))).await;
}

#[tokio::test]
async fn a_server_that_takes_several_commands_at_once_gets_them_at_once() {
    let office = TestOffice::open().await;
    office.import_people(3).await;
    let server = ScriptedServer::offering(&["PIPELINING"], |at, about| match at {
        Step::Rcpt if about == VICTIM => Answer::Say("550 5.7.1 not here"),
        _ => Answer::Fine,
    })
    .await;
    let [url, plain, _] = plaintext(server.port);
    let delivered = office.announce(&[&url, &plain, "--smtp-connections=1"]).await;
    assert_eq!(delivered.count(Outcome::Accepted), 2);
    assert_eq!(delivered.count(Outcome::Rejected), 1);
    let log = server.log();
    assert_eq!(log.messages.len(), 2, "nobody waits for content for nobody: {:?}", log.lines);
    let greetings = log.lines.iter().filter(|line| line.starts_with("EHLO")).count();
    assert_eq!(greetings, 2, "one connection, which asks twice what is offered: {:?}", log.lines);
}
