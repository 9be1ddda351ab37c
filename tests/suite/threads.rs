//! What follows an announcement answers it, so that mail programs show both
//! together, and calendars change the entry they have.

use crate::reconciling::moves;
use crate::reminded::Followed;
use crate::scripted_server::{Answer, Received, ScriptedServer};
use crate::test_office::{mail_settings, plaintext};
use fairwarning::notice::{AmendmentKind, OccasionKind};

async fn sent(followed: &Followed, kind: OccasionKind) -> Received {
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    let flags = plaintext(server.port);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let occasion = followed.occasions(kind).await.pop().unwrap();
    followed.office.deliver(occasion.id, mail_settings(&flags)).await;
    server.log().messages.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_reminder_and_a_change_answer_the_announcement() {
    let mut followed = Followed::open().await;
    let list = "address,name,programs,apis\njo@example.org,Jo,parcel,rates\n";
    followed.office.import(list).await.unwrap();
    followed.announce().await;
    let first = sent(&followed, OccasionKind::Announcement).await;
    assert!(!first.content.contains("In-Reply-To"));
    let root = first.header("Message-ID");

    followed.tick_at("2020-02-29T14:00:00Z").await;
    let reminder = sent(&followed, OccasionKind::Reminder).await;
    followed
        .publish(|_, notice| moves(notice, "test-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    followed.tick().await;
    let change = sent(&followed, OccasionKind::Change).await;
    for answer in [&reminder, &change] {
        assert_eq!(answer.header("In-Reply-To"), root);
        assert_eq!(answer.header("References"), root);
        assert_ne!(answer.header("Message-ID"), root);
        let subject = |message: &Received| message.header("Subject");
        assert_eq!(subject(answer).replace("Re: ", "").len(), subject(&first).len());
    }
    assert!(reminder.content.contains("/done/"), "{}", reminder.content);
    assert!(!change.content.contains("/done/"));
    assert!(change.content.contains("method=PUBLISH"));
}
