//! Temporary.
#[tokio::test]
async fn idle_cost() {
    let Ok(url) = std::env::var("IDLE_DB") else { return };
    let url = fairwarning::config::DatabaseUrl::parse(&url).unwrap();
    let store = fairwarning::store::Store::open(&url).await.unwrap();
    let mut rounds = fairwarning::announce::Rounds::new(store.clone());
    let now: chrono::DateTime<chrono::Utc> = "2020-02-01T00:00:00Z".parse().unwrap();
    let mut times = Vec::new();
    for n in 0..260 {
        let started = std::time::Instant::now();
        let t = rounds.tick(now).await.unwrap();
        let took = started.elapsed();
        if n < 5 || n > 255 || !t.is_idle() {
            println!("{n}: {took:?} {t:?}");
        }
        times.push(took);
    }
    let mut last = times[210..].to_vec();
    last.sort();
    println!("idle median {:?} max {:?}", last[last.len() / 2], last.last());
}
