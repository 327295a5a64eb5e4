//! Limits that a client keeps by itself.

use super::server::*;

#[tokio::test]
async fn a_rate_spreads_requests_evenly_and_counts_every_attempt() {
    let server = Server::start(|number, _| if number == 2 { status(503) } else { status(200) }).await;
    let clock = StoppedClock::new();
    let limiter = Limiter::new().requests_per_second(4.0);
    let retry = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    let builder = server.builder().credentials(StaticToken::new("client", "token")).retry(retry);
    let client = client(builder.clock(Arc::clone(&clock)).limiter(limiter));
    for _ in 0..3 {
        get(&client).await.unwrap();
    }
    // Four requests, one of them sent again: three quarters of a second.
    assert_eq!(server.seen().len(), 4);
    assert_eq!(clock.slept(), [Duration::from_millis(250); 3]);
}

#[tokio::test]
async fn clones_of_a_limiter_share_its_places() {
    let server = Server::holding(Duration::from_millis(20)).await;
    let limiter = Limiter::new().concurrent_requests(3);
    let free = server.builder().build().unwrap().sandbox("prod").unwrap();
    let bound = free.with(RequestOptions::new().limiter(limiter.clone()));
    let other = server.builder().limiter(limiter).build().unwrap().sandbox("dev").unwrap();
    let crowd = async |sandboxes: [&Sandbox; 2]| {
        let calls: Vec<_> = (0..24)
            .map(|number| {
                let client = ServiceClient::for_sandbox(sandboxes[number % 2], &SERVICE);
                tokio::spawn(async move { get(&client).await.map(drop) })
            })
            .collect();
        for call in calls {
            call.await.unwrap().unwrap();
        }
        server.most_at_once()
    };
    assert_eq!(crowd([&bound, &other]).await, 3);
    assert!(crowd([&free, &free]).await > 3, "without the limiter there are more");
}

#[tokio::test]
async fn a_call_that_is_given_up_gives_its_place_back() {
    let server = Server::holding(Duration::from_millis(20)).await;
    let client = client(server.builder().limiter(Limiter::new().concurrent_requests(1)));
    get(&client).await.unwrap();
    for _ in 0..3 {
        let given_up = tokio::time::timeout(Duration::from_millis(1), get(&client)).await;
        assert!(given_up.is_err());
    }
    get(&client).await.unwrap();
}
