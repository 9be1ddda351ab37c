//! Lists of recipients: wholly in or wholly out, with every bad row named.

use crate::test_office::TestOffice;
use fairwarning::notice::EmailAddress;
use fairwarning::store::{Kept, Listed, NewSubscriber, Scope};
use fairwarning::subscribers::{BadRow, ImportError, Imported};

crate::databases::on_postgres_too!(
    a_list_is_read_with_byte_order_mark_crlf_and_quoted_fields,
    importing_again_updates_and_keeps_the_person,
    the_lines_of_one_address_add_up,
    while_a_list_is_read_people_can_leave,
);

async fn everyone(office: &TestOffice) -> Vec<Listed> {
    office.store.subscribers(0, 100).await.unwrap()
}

fn interests(listed: &Listed) -> Vec<String> {
    let part = |id: Option<&str>| id.unwrap_or("*").to_owned();
    let one = |i: &fairwarning::notice::Interest| {
        let api = part(i.api.as_ref().map(|id| id.as_str()));
        let environment = part(i.environment.as_ref().map(|id| id.as_str()));
        format!("{}/{api}/{environment}", i.program)
    };
    listed.interests.iter().map(one).collect()
}

async fn bad_rows(list: &str) -> Vec<BadRow> {
    match TestOffice::open().await.import(list).await {
        Err(ImportError::BadRows { bad, .. }) => bad,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_list_is_read_with_byte_order_mark_crlf_and_quoted_fields() {
    let office = TestOffice::open().await;
    let list = "\u{feff}address,name,programs,apis,environments,locale,zone\r\n\
         jo@example.org,\"Jo \"\"J\"\" Doe, Ltd\",parcel,rates;labels,prod,de,Europe/Berlin\r\n\
         zoe@bücher.example,,parcel letters,,,,\r\n";
    let imported = office.import(list).await.unwrap();
    assert_eq!(imported, Imported { rows: 2, added: 2, updated: 0 });
    let listed = everyone(&office).await;
    assert_eq!(listed[0].name.as_deref(), Some("Jo \"J\" Doe, Ltd"));
    assert_eq!(listed[0].zone.unwrap().name(), "Europe/Berlin");
    assert_eq!(interests(&listed[0]), ["parcel/labels/prod", "parcel/rates/prod"]);
    assert_eq!(listed[1].address.as_str(), "zoe@xn--bcher-kva.example");
    assert_eq!(interests(&listed[1]), ["letters/*/*", "parcel/*/*"]);
}

#[tokio::test]
async fn every_bad_row_is_listed_with_its_line_and_all_its_reasons() {
    let bad = bad_rows(
        "address,name,programs,apis,environments,locale,zone\n\
         good@example.org,,parcel,,,,\n\
         nobody,,parsel,,,english,Berlin\n\
         jo@example.org,\"two\nlines\",parcel,,,,\n\
         jo@example.org,,parcel,holdForPickUp,production,,\n\
         jo@example.org,,\n\
         jo@example.org,,,,,,\n",
    )
    .await;
    let text = |at: usize| bad[at].reasons.join(" | ");
    assert_eq!(bad.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 4, 6, 7, 8]);
    for part in ["no `@`", "did you mean `parcel`?", "`english`", "`Berlin` is not a time zone"] {
        assert!(text(0).contains(part), "{part}: {}", text(0));
    }
    assert!(text(1).contains("name is not usable"), "{}", text(1));
    assert!(text(2).contains("did you mean `holdForPickup`?"), "{}", text(2));
    assert!(text(2).contains("did you mean `prod`?"), "{}", text(2));
    assert!(text(3).contains("it has 3 fields"), "{}", text(3));
    assert!(text(4).contains("names no program"), "{}", text(4));
}

#[tokio::test]
async fn one_bad_row_keeps_the_whole_list_out() {
    let office = TestOffice::open().await;
    let list = "address,programs\na@example.org,parcel\nb@example.org,nowhere\n";
    assert!(office.import(list).await.is_err());
    assert_eq!(everyone(&office).await, []);
}

#[tokio::test]
async fn unknown_and_missing_columns_are_named() {
    let office = TestOffice::open().await;
    let refusal = office.import("adress,name,name,apis\n").await.unwrap_err().to_string();
    for part in [
        "unknown column `adress`; did you mean `address`?",
        "column `name` stands twice",
        "column `address` is missing",
        "column `programs` is missing",
    ] {
        assert!(refusal.contains(part), "{part}: {refusal}");
    }
}

#[tokio::test]
async fn importing_again_updates_and_keeps_the_person() {
    let office = TestOffice::open().await;
    office.import("address,name,programs\njo@example.org,Jo,parcel letters\n").await.unwrap();
    let before = everyone(&office).await.remove(0);
    let list = "address,name,programs,apis\nJO@example.org,Joanna,parcel,rates\n";
    let again = office.import(list).await.unwrap();
    assert_eq!(again, Imported { rows: 1, added: 0, updated: 1 });
    let after = everyone(&office).await.remove(0);
    assert_eq!((after.id, after.name.as_deref()), (before.id, Some("Joanna")));
    assert_eq!(interests(&after), ["letters/*/*", "parcel/rates/*"], "letters was not named");
}

#[tokio::test]
async fn the_lines_of_one_address_add_up() {
    let office = TestOffice::open().await;
    let list = "address,programs,apis,environments\n\
         jo@example.org,parcel,rates,test\njo@example.org,parcel,labels,prod\n";
    assert_eq!(office.import(list).await.unwrap(), Imported { rows: 2, added: 1, updated: 0 });
    let listed = everyone(&office).await.remove(0);
    assert_eq!(interests(&listed), ["parcel/labels/prod", "parcel/rates/test"]);
}

#[tokio::test]
async fn a_program_with_none_of_the_named_apis_is_not_followed_whole_by_accident() {
    let bad = bad_rows("address,programs,apis\njo@example.org,parcel letters,rates\n").await;
    assert!(bad[0].reasons[0].contains("`letters` has no API of those named"), "{bad:?}");
}

#[tokio::test]
async fn while_a_list_is_read_people_can_leave() {
    let office = TestOffice::open().await;
    office.import("address,programs\njo@example.org,parcel\n").await.unwrap();
    let mut import = office.store.begin_import(office.clock.now()).await.unwrap();
    for n in 0..1_000 {
        let address: EmailAddress = format!("p{n}@example.org").parse().unwrap();
        let mailbox = office.keys.mailbox(&address);
        let (name, locale, zone, interests) = (None, None, None, Vec::new());
        let person =
            NewSubscriber { address, mailbox, name, locale, zone, frequency: None, interests };
        import.put(person, &[]).await.unwrap();
    }
    let jo = office.keys.mailbox(&"jo@example.org".parse().unwrap());
    let leaving = office.store.suppress(&jo, &Scope::Everywhere, "left", office.clock.now());
    let left = tokio::time::timeout(std::time::Duration::from_secs(2), leaving).await;
    assert!(left.expect("nothing is locked meanwhile").unwrap());
    assert_eq!(everyone(&office).await.len(), 1, "nothing is in before the end");
    assert_eq!(import.commit().await.unwrap(), Kept { added: 1_000, updated: 0 });
}
