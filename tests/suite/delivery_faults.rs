//! Servers that refuse, break off or fall silent: each fault has its own
//! outcome, and the other recipients go on.

use crate::mail_tools::SmtpSink;
use crate::scripted_server::{Answer, ScriptedServer, Step};
use crate::test_office::{TestOffice, mail_settings, plaintext};
use chrono::Duration;
use fairwarning::delivery::{Ended, MAX_ATTEMPTS};
use fairwarning::notice::Outcome;
use std::sync::atomic::{AtomicUsize, Ordering};

crate::databases::on_postgres_too!(
    a_deferred_recipient_does_not_block_the_others_and_is_tried_again,
    a_permanent_refusal_is_final_at_each_step,
    an_unknown_outcome_is_tried_again_with_the_same_message_id,
    silence_after_the_final_dot_is_unknown,
    a_break_before_the_final_dot_is_only_deferred,
    a_server_that_closes_pauses_the_queue_and_not_the_messages,
    a_message_is_given_up_after_the_last_attempt,
);

const VICTIM: &str = "p2@example.org";

/// Does it to the second recipient alone.
async fn with_fault(
    step: Step,
    fault: fn() -> Answer,
    check: impl AsyncFnOnce(&TestOffice, &ScriptedServer),
) {
    let office = TestOffice::open().await;
    office.import_people(5).await;
    let server =
        ScriptedServer::start(
            move |at, about| {
                if at == step && about == VICTIM { fault() } else { Answer::Fine }
            },
        )
        .await;
    let [url, plain, _] = plaintext(server.port);
    let flags = [url.as_str(), plain.as_str(), "--smtp-timeout-seconds=1"];
    let delivered = office.announce(&flags).await;
    assert_eq!(delivered.ended, Ended::Done);
    assert_eq!(delivered.count(Outcome::Accepted), 4, "{:?}", delivered.outcomes);
    assert!(delivered.pauses.is_empty(), "{:?}", delivered.pauses);
    check(&office, &server).await;
}

#[tokio::test]
async fn a_deferred_recipient_does_not_block_the_others_and_is_tried_again() {
    with_fault(
        Step::Rcpt,
        || Answer::Say("450 4.2.2 over quota"),
        async |office, _| {
            assert_eq!(
                office.fate(VICTIM).await,
                ("deferred".into(), "450 4.2.2 over quota".into())
            );
            let server = ScriptedServer::start(|_, _| Answer::Fine).await;
            let all = plaintext(server.port);
            let flags: Vec<&str> = all.iter().map(String::as_str).collect();
            let early = office.announce(&flags).await;
            assert!(early.outcomes.is_empty(), "five minutes have not passed");
            office.clock.pass(Duration::minutes(5));
            let later = office.announce(&flags).await;
            assert_eq!(later.outcomes, [Outcome::Accepted]);
            let row = office.outbox().await.into_iter().find(|row| row.attempts == 2).unwrap();
            let attempts = office.store.attempts(row.row).await.unwrap();
            let outcomes: Vec<Outcome> = attempts.into_iter().map(|(outcome, _)| outcome).collect();
            assert_eq!(outcomes, [Outcome::Deferred, Outcome::Accepted]);
        },
    )
    .await;
}

#[tokio::test]
async fn a_permanent_refusal_is_final_at_each_step() {
    for (step, reply) in [
        (Step::Rcpt, "550 5.1.1 no such user"),
        (Step::Data, "554 5.7.1 not wanted"),
        (Step::Content, "554 5.6.0 not wanted like this"),
    ] {
        let fault: fn() -> Answer = match step {
            Step::Rcpt => || Answer::Say("550 5.1.1 no such user"),
            Step::Data => || Answer::Say("554 5.7.1 not wanted"),
            _ => || Answer::Say("554 5.6.0 not wanted like this"),
        };
        with_fault(step, fault, async |office, _| {
            assert_eq!(office.fate(VICTIM).await, ("rejected".into(), reply.into()));
        })
        .await;
    }
}

#[tokio::test]
async fn an_unknown_outcome_is_tried_again_with_the_same_message_id() {
    with_fault(
        Step::Content,
        || Answer::Close,
        async |office, first| {
            let (state, reply) = office.fate(VICTIM).await;
            assert_eq!(state, "unknown", "{reply}");
            let sent = |server: &ScriptedServer| {
                let to_victim = |m: &&crate::scripted_server::Received| m.to == VICTIM;
                server.log().messages.iter().find(to_victim).unwrap().header("Message-ID")
            };
            let before = sent(first);
            office.clock.pass(Duration::minutes(5));
            let second = ScriptedServer::start(|_, _| Answer::Fine).await;
            let all = plaintext(second.port);
            office.announce(&all.iter().map(String::as_str).collect::<Vec<_>>()).await;
            assert_eq!(sent(&second), before);
            assert_eq!(second.log().messages.len(), 1, "nobody else hears again");
            assert_eq!(office.fate(VICTIM).await.0, "accepted");
        },
    )
    .await;
}

#[tokio::test]
async fn silence_after_the_final_dot_is_unknown() {
    with_fault(
        Step::Content,
        || Answer::Silence,
        async |office, _| {
            let (state, reply) = office.fate(VICTIM).await;
            assert!(state == "unknown" && reply.contains("no answer within"), "{state}: {reply}");
        },
    )
    .await;
}

#[tokio::test]
async fn a_break_before_the_final_dot_is_only_deferred() {
    for step in [Step::Rcpt, Step::Data] {
        with_fault(
            step,
            || Answer::Close,
            async |office, _| {
                let (state, reply) = office.fate(VICTIM).await;
                assert!(state == "deferred" && reply.contains("before the message"), "{reply}");
            },
        )
        .await;
    }
    with_fault(
        Step::Rcpt,
        || Answer::Silence,
        async |office, _| {
            assert_eq!(office.fate(VICTIM).await.0, "deferred");
        },
    )
    .await;
}

/// The server as a whole fails; no message may pay for it.
async fn with_broken_server(script: fn(Step, &str) -> Answer) -> Vec<String> {
    let office = TestOffice::open().await;
    office.import_people(5).await;
    let server = ScriptedServer::start(script).await;
    let all = plaintext(server.port);
    let flags: Vec<&str> = all.iter().map(String::as_str).collect();
    let delivered = office.announce(&flags).await;
    assert!(matches!(delivered.ended, Ended::GaveUp(_)), "{:?}", delivered.ended);
    assert_eq!(delivered.outcomes, [], "no outcome is laid at a message's door");
    for row in office.outbox().await {
        assert_eq!((row.state.as_str(), row.attempts), ("waiting", 0));
    }
    let well = ScriptedServer::start(|_, _| Answer::Fine).await;
    let all = plaintext(well.port);
    let again = office.announce(&all.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert_eq!(again.count(Outcome::Accepted), 5);
    delivered.pauses
}

#[tokio::test]
async fn a_server_that_closes_pauses_the_queue_and_not_the_messages() {
    let pauses = with_broken_server(|step, _| match step {
        Step::Rcpt => Answer::SayAndClose("421 4.3.2 shutting down"),
        _ => Answer::Fine,
    })
    .await;
    assert!(pauses[0].contains("421 4.3.2 shutting down"), "{pauses:?}");
    assert_eq!(pauses.len(), 2, "one pause for all connections together");
}

#[tokio::test]
async fn a_server_that_refuses_the_sender_or_the_greeting_pauses_the_queue() {
    let refused = with_broken_server(|step, _| match step {
        Step::Mail => Answer::Say("550 5.7.1 sender not allowed"),
        _ => Answer::Fine,
    })
    .await;
    assert!(refused[0].contains("sender not allowed"), "{refused:?}");
    let unwelcome = with_broken_server(|step, _| match step {
        Step::Greeting => Answer::SayAndClose("554 not for you"),
        _ => Answer::Fine,
    })
    .await;
    assert!(unwelcome[0].contains("554 not for you"), "{unwelcome:?}");
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_named() {
    let office = TestOffice::open().await;
    office.import_people(1).await;
    let delivered =
        office.announce(&["--smtp-url=smtp://127.0.0.1:1", "--smtp-allow-plaintext"]).await;
    assert!(
        delivered.pauses[0].contains("127.0.0.1:1 cannot be reached"),
        "{:?}",
        delivered.pauses
    );
}

#[tokio::test]
async fn an_idle_connection_closed_by_the_server_costs_no_attempt() {
    static SENT: AtomicUsize = AtomicUsize::new(0);
    let office = TestOffice::open().await;
    office.import_people(3).await;
    // Closes after each message, as a server tired of an idle client would.
    let server = ScriptedServer::start(|step, _| match step {
        Step::Mail if SENT.fetch_add(1, Ordering::SeqCst) % 2 == 1 => Answer::Close,
        _ => Answer::Fine,
    })
    .await;
    let mut all = plaintext(server.port).to_vec();
    all.push("--smtp-connections=1".to_owned());
    let delivered = office.announce(&all.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert_eq!(delivered.outcomes, [Outcome::Accepted; 3]);
    assert!(office.outbox().await.iter().all(|row| row.attempts == 1));
}

#[tokio::test]
async fn a_message_is_given_up_after_the_last_attempt() {
    let office = TestOffice::open().await;
    office.import_people(1).await;
    let server = ScriptedServer::start(|step, _| match step {
        Step::Rcpt => Answer::Say("451 4.7.1 later"),
        _ => Answer::Fine,
    })
    .await;
    let occasion = office.fill(None).await.unwrap().occasion;
    let all = plaintext(server.port);
    let flags: Vec<&str> = all.iter().map(String::as_str).collect();
    for attempt in 1..=MAX_ATTEMPTS {
        let delivered = office.deliver(occasion, mail_settings(&flags)).await;
        let expected = if attempt < MAX_ATTEMPTS { Outcome::Deferred } else { Outcome::Dead };
        assert_eq!(delivered.outcomes, [expected], "attempt {attempt}");
        office.clock.pass(Duration::hours(5));
    }
    assert_eq!(office.fate("p1@example.org").await.0, "dead");
    assert_eq!(office.deliver(occasion, mail_settings(&flags)).await.outcomes, []);
}

#[tokio::test]
async fn real_servers_faults_are_classified_too() {
    for (options, expected) in [
        (["-r", "RCPT", "-b", "450 4.2.2 over quota"], "deferred"),
        (["-f", "RCPT", "-B", "552 5.2.2 mailbox full"], "rejected"),
        (["-f", "DATA", "-B", "554 5.7.1 spam"], "rejected"),
        (["-q", "DATA", "-b", "450 unused"], "deferred"),
        (["-q", ".", "-b", "450 unused"], "unknown"),
    ] {
        let office = TestOffice::open().await;
        office.import_people(2).await;
        let sink = SmtpSink::start(&options);
        let all = plaintext(sink.port);
        office.announce(&all.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let (state, reply) = office.fate("p1@example.org").await;
        assert_eq!(state, expected, "{options:?}: {reply}");
    }
}
