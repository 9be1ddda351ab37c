//! The list of recipients as the office handles it: out and in again, one person
//! shown, suppressed and erased.

use crate::test_office::TestOffice;
use fairwarning::notice::{EmailAddress, Interest, Kind};
use fairwarning::store::{Cause, Listed, NewSubscriber, Scope};
use fairwarning::subscribers::{self, bare, guarded};
use proptest::prelude::*;
use sqlx::Connection as _;

async fn everyone(office: &TestOffice) -> Vec<Listed> {
    office.store.subscribers(0, 1_000).await.unwrap()
}

fn exported(people: &[Listed]) -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    subscribers::csv_header(&mut out).unwrap();
    people.iter().for_each(|listed| subscribers::write_csv(&mut out, listed).unwrap());
    String::from_utf8(out.into_inner().unwrap()).unwrap()
}

/// Without what the database numbers and no list says.
fn said(people: Vec<Listed>) -> Vec<Listed> {
    people.into_iter().map(|listed| Listed { id: 0, ..listed }).collect()
}

#[tokio::test]
async fn an_exported_list_brings_the_same_people_in_again() {
    let office = TestOffice::open().await;
    let list = "address,name,programs,apis,environments,kinds,locale,zone,frequency,second_contact\n\
        +jo@example.org,=HYPERLINK(1),parcel letters,,,,,,weekly,boss@example.org\n\
        ann@example.org,\"-2+3, \"\"Ltd\"\"\",parcel,rates;labels,prod,protocol retirement,de,Europe/Berlin,,+jo@example.org\n\
        bob@example.org,'=quoted,parcel,rates,test,,,,,\n\
        bob@example.org,@bob,parcel,labels,prod,,,,,\n";
    office.import(list).await.unwrap();
    let before = everyone(&office).await;
    let list = exported(&before);
    for line in list.lines().skip(1) {
        for cell in
            csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes()).records()
        {
            let cell = cell.unwrap();
            assert!(cell.iter().all(|c| !c.starts_with(['=', '+', '-', '@'])), "{line}");
        }
    }
    let other = TestOffice::open().await;
    other.import(&list).await.unwrap_or_else(|bad| panic!("{bad}: {list}"));
    assert_eq!(said(everyone(&other).await), said(before), "{list}");
}

proptest! {
    #[test]
    fn a_guarded_cell_is_no_formula_and_reads_as_it_was(
        text in "['=+\\-@\t\r]{0,4}\\PC{0,12}"
    ) {
        let cell = guarded(&text);
        prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        prop_assert_eq!(bare(&cell), text);
    }
}

/// Interests of every shape, as imports and forms may leave them.
fn shapes() -> impl Strategy<Value = Vec<(Option<usize>, Option<usize>, Option<usize>)>> {
    let part = |n: usize| prop::option::of(0..n);
    prop::collection::vec((part(3), part(2), part(6)), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn interests_of_any_shape_survive_the_way_out_and_in(shape in shapes()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let office = TestOffice::open().await;
            let apis = ["rates", "labels", "tracking"];
            let interests = shape.iter().map(|(api, place, kind)| Interest {
                program: "parcel".parse().unwrap(),
                api: api.map(|n| apis[n].parse().unwrap()),
                environment: place.map(|n| ["test", "prod"][n].parse().unwrap()),
                kind: kind.map(|n| Kind::ALL[n]),
            });
            let address: EmailAddress = "jo@example.org".parse().unwrap();
            let mailbox = office.keys.mailbox(&address);
            let (name, locale, zone) = (None, None, None);
            let jo = NewSubscriber { address, mailbox, name, locale, zone, frequency: None, interests: interests.collect(), second_contact: None };
            let mut import = office.store.begin_import(office.clock.now()).await.unwrap();
            import.put(jo, &[]).await.unwrap();
            import.commit().await.unwrap();
            let before = everyone(&office).await;
            let other = TestOffice::open().await;
            other.import(&exported(&before)).await.unwrap();
            assert_eq!(said(everyone(&other).await), said(before));
        });
    }
}

#[tokio::test]
async fn suppressing_and_lifting_are_recorded_with_who_and_why() {
    let office = TestOffice::open().await;
    office.import("address,programs\njo@example.org,parcel\n").await.unwrap();
    let (jo, now) = ("jo@example.org".parse().unwrap(), office.clock.now());
    let mailbox = office.keys.mailbox(&jo);
    let because = |reason| Cause { reason, author: "the help desk" };
    let scope = Scope::Everywhere;
    assert!(
        office.store.suppress_by(&mailbox, &scope, because("asked by phone"), now).await.unwrap()
    );
    assert!(!office.store.suppress_by(&mailbox, &scope, because("again"), now).await.unwrap());
    assert!(
        !office
            .store
            .lift(&mailbox, &Scope::Program("parcel".parse().unwrap()), because("x"), now)
            .await
            .unwrap()
    );
    assert!(office.store.lift(&mailbox, &scope, because("asked to come back"), now).await.unwrap());
    let known = subscribers::known_of(&office.store, &office.keys, &jo).await.unwrap();
    let told: Vec<_> = known
        .suppression_history
        .iter()
        .map(|e| (e.action.as_str(), e.reason.as_str(), e.author.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("suppressed", "asked by phone", "the help desk"),
            ("lifted", "asked to come back", "the help desk"),
        ]
    );
    assert!(known.suppressed.is_empty());
}

#[tokio::test]
async fn erasing_somebody_takes_their_address_out_of_what_servers_replied() {
    use crate::scripted_server::{Answer, ScriptedServer, Step};
    let office = TestOffice::open().await;
    office.import("address,programs\nJo@example.org,parcel\n").await.unwrap();
    let server = ScriptedServer::start(|step, _| match step {
        Step::Rcpt => Answer::Say("550 5.1.1 <jo@EXAMPLE.org>: nobody of this name"),
        _ => Answer::Fine,
    })
    .await;
    let flags = crate::test_office::plaintext(server.port);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    office.announce(&flags).await;
    let jo: EmailAddress = "jo@example.org".parse().unwrap();
    let replies = |office: &TestOffice| {
        let store = office.store.clone();
        async move { store.deliveries(&Default::default(), 0, 10).await.unwrap() }
    };
    assert!(replies(&office).await[0].reply.as_ref().unwrap().contains("jo@EXAMPLE.org"));
    assert!(office.store.remove_subscriber(&jo).await.unwrap());
    let after = replies(&office).await.remove(0);
    let reply = after.reply.unwrap();
    assert!(reply.contains("5.1.1") && !reply.to_lowercase().contains("jo@example"), "{reply}");
    assert_eq!((after.state.as_str(), after.address), ("rejected", None), "it stays on record");
}

#[tokio::test]
async fn erasing_goes_on_while_somebody_else_reads_the_log() {
    let office = TestOffice::open().await;
    office
        .import("address,programs\njo@example.org,parcel\nann@example.org,parcel\n")
        .await
        .unwrap();
    let mut reader = sqlx::SqliteConnection::connect(&office.database.text).await.unwrap();
    sqlx::query("begin").execute(&mut reader).await.unwrap();
    let count = "select count(*) from subscribers";
    let seen = async |reader: &mut sqlx::SqliteConnection| -> i64 {
        sqlx::query_scalar(count).fetch_one(reader).await.unwrap()
    };
    assert_eq!(seen(&mut reader).await, 2);
    assert!(office.store.remove_subscriber(&"jo@example.org".parse().unwrap()).await.unwrap());
    assert_eq!(seen(&mut reader).await, 2, "the reader's moment stays");
    assert_eq!(everyone(&office).await.len(), 1);
    reader.close().await.unwrap();
    assert!(office.store.remove_subscriber(&"ann@example.org".parse().unwrap()).await.unwrap());
    let log = office.folder.path().join("deep/in/office.db-wal");
    assert_eq!(std::fs::metadata(log).unwrap().len(), 0, "and the next one empties it");
}

#[tokio::test]
async fn erasing_withdraws_what_waits_and_keeps_what_was_asked_to_be_kept() {
    let office = TestOffice::open().await;
    office.import_people(2).await;
    office.fill(None).await.unwrap();
    let p1: EmailAddress = "p1@example.org".parse().unwrap();
    let mailbox = office.keys.mailbox(&p1);
    let left = Scope::Program("letters".parse().unwrap());
    office.store.suppress(&mailbox, &left, "unsubscribed", office.clock.now()).await.unwrap();
    assert!(office.store.remove_subscriber(&p1).await.unwrap());
    assert!(!office.store.remove_subscriber(&p1).await.unwrap());
    let rows = office.store.deliveries(&Default::default(), 0, 10).await.unwrap();
    let states: Vec<_> = rows.iter().map(|row| row.state.as_str()).collect();
    assert_eq!(states, ["withdrawn", "waiting"]);
    let known = subscribers::known_of(&office.store, &office.keys, &p1).await.unwrap();
    assert!(known.person.is_none() && known.messages.is_empty());
    assert_eq!(known.suppressed[0].scope, "letters", "that they left is remembered by hash");
}

#[tokio::test]
async fn whoever_is_brought_in_while_their_confirmation_waits_is_subscribed() {
    let office = TestOffice::open().await;
    let jo: EmailAddress = "jo@example.org".parse().unwrap();
    let now = office.clock.now();
    subscribers::ask(&office.store, &office.keys, &jo, &Default::default(), now).await.unwrap();
    assert!(everyone(&office).await.is_empty());
    let imported = office.import("address,programs\njo@example.org,parcel\n").await.unwrap();
    assert_eq!((imported.added, imported.updated), (1, 0));
    assert_eq!(everyone(&office).await.len(), 1);
    office.clock.pass(chrono::Duration::days(2));
    office.store.forget_expired(office.clock.now()).await.unwrap();
    assert_eq!(everyone(&office).await.len(), 1, "what expires takes nobody with it who is known");
}
