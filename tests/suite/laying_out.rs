//! What is laid out of a publication: once, and not without limit.

use crate::web_service::{NOON, WebService, instant};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn those_who_ask_at_the_same_time_wait_for_one_laying_out() {
    let service = WebService::start().await;
    let snapshot = service.service.snapshot().unwrap();
    let times = Arc::new(AtomicUsize::new(0));
    let ask = || {
        let (snapshot, times) = (snapshot.clone(), times.clone());
        async move {
            let lay = move || {
                times.fetch_add(1, Ordering::SeqCst);
                Ok("laid out".to_owned())
            };
            snapshot.shelf.body("one".to_owned(), instant(NOON), lay).await.unwrap().body
        }
    };
    let bodies = tokio::join!(ask(), ask(), ask());
    assert_eq!([&bodies.0, &bodies.1, &bodies.2], ["laid out"; 3]);
    assert_eq!(times.load(Ordering::SeqCst), 1);
    assert_eq!(ask().await, "laid out");
    assert_eq!((times.load(Ordering::SeqCst), snapshot.shelf.bytes()), (1, 8));
}

#[tokio::test]
async fn whoever_asks_for_everything_fills_no_memory() {
    let service = WebService::start().await;
    let snapshot = service.service.snapshot().unwrap();
    let laid = Arc::new(AtomicUsize::new(0));
    let ask = async |nth: usize| {
        let laid = laid.clone();
        let lay = move || {
            laid.fetch_add(1, Ordering::SeqCst);
            Ok("x".repeat(5 * MIB))
        };
        snapshot.shelf.body(format!("body {nth}"), instant(NOON), lay).await.unwrap().body.len()
    };
    for nth in 0..20 {
        assert_eq!(ask(nth).await, 5 * MIB);
        assert!(snapshot.shelf.bytes() <= 32 * MIB, "{}", snapshot.shelf.bytes());
    }
    ask(19).await;
    assert_eq!(laid.load(Ordering::SeqCst), 20, "the latest are kept");
    ask(0).await;
    assert_eq!(laid.load(Ordering::SeqCst), 21, "the first was let go of");
}

#[tokio::test]
async fn what_failed_is_tried_again() {
    let service = WebService::start().await;
    let shelf = &service.service.snapshot().unwrap().shelf;
    let broken = shelf.body("one".to_owned(), instant(NOON), || panic!("as this test wants"));
    assert!(broken.await.is_err());
    let sound = shelf.body("one".to_owned(), instant(NOON), || Ok("sound".to_owned())).await;
    assert_eq!(sound.unwrap().body, "sound");
}
