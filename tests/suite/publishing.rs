//! Publications in the store: one after the other, never two from one parent.

use crate::{sample_office, test_office::TestOffice};
use fairwarning::store::Publishing;

crate::databases::on_postgres_too!(
    the_same_content_is_unchanged,
    a_publication_from_an_overtaken_parent_is_a_conflict,
    a_notice_has_a_revision_for_each_publication_that_changed_it,
);

#[tokio::test]
async fn the_same_content_is_unchanged() {
    let office = TestOffice::open().await;
    let current = office.store.current_publication().await.unwrap().unwrap();
    let again = office.store.publish(&sample_office::publication(), None, office.clock.now()).await;
    assert_eq!(again.unwrap(), Publishing::Unchanged(current.id));
    assert_eq!(current.publication, sample_office::publication());
    assert_eq!(current.parent, None);
}

#[tokio::test]
async fn a_publication_from_an_overtaken_parent_is_a_conflict() {
    let office = TestOffice::open().await;
    let store = &office.store;
    let first = store.current_publication_id().await.unwrap();
    let stale = store.publish(&sample_office::amended(), None, office.clock.now()).await.unwrap();
    assert_eq!(stale, Publishing::Conflict { current: first });
    let second = store.publish(&sample_office::amended(), first, office.clock.now()).await.unwrap();
    assert!(matches!(second, Publishing::Published(_)), "{second:?}");
}

#[tokio::test]
async fn of_two_racing_publications_one_wins() {
    let office = TestOffice::open().await;
    let parent = office.store.current_publication_id().await.unwrap();
    let mut other = sample_office::amended();
    other.templates.insert("page/notice.html".to_owned(), "x".to_owned());
    let amended = sample_office::amended();
    let now = office.clock.now();
    let (a, b) = tokio::join!(
        office.store.publish(&amended, parent, now),
        office.store.publish(&other, parent, now)
    );
    let both = [a.unwrap(), b.unwrap()];
    let count = |won: fn(&Publishing) -> bool| both.iter().filter(|p| won(p)).count();
    assert_eq!(count(|p| matches!(p, Publishing::Published(_))), 1, "{both:?}");
    assert_eq!(count(|p| matches!(p, Publishing::Conflict { .. })), 1, "{both:?}");
}

#[tokio::test]
async fn a_notice_has_a_revision_for_each_publication_that_changed_it() {
    let office = TestOffice::open().await;
    let first = office.store.current_publication_id().await.unwrap();
    let mut same_notice = sample_office::publication();
    same_notice.templates.insert("page/notice.html".to_owned(), "x".to_owned());
    let now = office.clock.now();
    office.store.publish(&same_notice, first, now).await.unwrap();
    let second = office.store.current_publication_id().await.unwrap();
    office.store.publish(&sample_office::amended(), second, now).await.unwrap();
    let revisions = office.store.revisions(&sample_office::notice()).await.unwrap();
    assert_eq!(revisions.len(), 2, "{revisions:?}");
    assert_eq!(Some(revisions[0].1), first);
}
