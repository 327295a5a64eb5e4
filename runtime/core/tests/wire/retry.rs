//! What is sent again, and what is not.

use super::server::*;

#[tokio::test]
async fn what_passes_is_tried_again() {
    let server = Server::start(|number, _| if number < 3 { status(503) } else { status(200) }).await;
    assert_eq!(get(&server.client()).await.unwrap().attempts(), 3);

    let server = Server::start(|_, _| status(502)).await;
    let error = get(&server.client()).await.unwrap_err();
    assert_eq!((error.status(), error.attempts(), server.seen().len()), (Some(502), 4, 4));
    assert!(!error.may_have_been_applied());

    let server = Server::start(|_, _| status(404)).await;
    let error = get(&server.client()).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_policy_is_of_a_client_or_of_some_of_its_requests() {
    let server = Server::start(|_, _| status(503)).await;
    let hasty = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    let aep = server.builder().retry(hasty.clone().attempts(2)).build().unwrap();
    let sandbox = aep.sandbox("prod").unwrap();
    let sent = async |sandbox: &Sandbox| {
        let before = server.seen().len();
        let error = get(&ServiceClient::for_sandbox(sandbox, &SERVICE)).await.unwrap_err();
        assert_eq!(error.attempts() as usize, server.seen().len() - before);
        error.attempts()
    };
    assert_eq!(sent(&sandbox).await, 2);
    assert_eq!(sent(&sandbox.with(RequestOptions::new().retry(RetryPolicy::off()))).await, 1);
    assert_eq!(sent(&sandbox.with(RequestOptions::new().retry(hasty.clone().attempts(6)))).await, 6);
    assert_eq!(sent(&sandbox).await, 2);
    // A budget of three retries is for all that share it.
    let budget = RetryBudget::new(3);
    let bounded = sandbox.with(RequestOptions::new().retry(hasty.attempts(3).budget(budget.clone())));
    let counts = [sent(&bounded).await, sent(&bounded.clone()).await, sent(&bounded).await];
    assert_eq!((counts, budget.left()), ([3, 2, 1], 0));
    assert_eq!(server.tokens(), 1);
}

#[tokio::test]
async fn a_creation_is_sent_again_only_when_it_was_turned_away() {
    for code in [408, 500, 502, 503, 504] {
        let server = Server::start(move |_, _| status(code)).await;
        let error = post(&server.client()).await.unwrap_err();
        assert!(error.may_have_been_applied(), "{code}");
        assert!(error.to_string().contains("may have been applied"));
        assert_eq!(server.seen().len(), 1, "{code}");
    }
    for code in [429, 503] {
        let server = Server::start(move |number, _| match number {
            1 => (StatusCode::from_u16(code).unwrap(), [("retry-after", "1")]).into_response(),
            _ => status(201),
        })
        .await;
        let begun = Instant::now();
        assert_eq!(post(&server.client()).await.unwrap().attempts(), 2, "{code}");
        assert!(begun.elapsed() >= Duration::from_secs(1), "Retry-After is waited for");
        assert!(server.seen().iter().all(|seen| seen.body == "[1]"));
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_again_for_reads_only() {
    for broken in [&b""[..], CUT] {
        let (builder, requests) = raw_server(vec![broken, GOOD], Duration::ZERO);
        get(&client(builder)).await.unwrap();
        assert_eq!(requests.load(Ordering::SeqCst), 2);

        let (builder, requests) = raw_server(vec![broken], Duration::ZERO);
        let error = post(&client(builder)).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 1));
        assert!(error.may_have_been_applied());
        assert_eq!(requests.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time() {
    let (builder, _) = raw_server(vec![GOOD], Duration::from_millis(400));
    let error = post(&client(builder.attempt_timeout(Duration::from_millis(80)))).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
    assert!(error.is_timeout() && error.may_have_been_applied());
}

#[tokio::test]
async fn a_body_that_trickles_in_is_a_timeout() {
    // Headers and one byte at once, the rest never.
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let trickle = std::thread::spawn(move || {
        let mut connections = Vec::new();
        for _ in 0..3 {
            let (mut connection, _) = listener.accept().unwrap();
            let _ = connection.read(&mut [0; 4096]);
            let _ = connection.write_all(CUT);
            connections.push(connection);
        }
        connections
    });
    let retry = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO).attempts(2);
    let builder = Aep::builder()
        .organization("ACME@AdobeOrg")
        .base_url(format!("http://{address}"))
        .credentials(StaticToken::new("client", "token"))
        .retry(retry)
        .attempt_timeout(Duration::from_millis(300));
    let client = client(builder);
    let error = get(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.may_have_been_applied()), (ErrorKind::Timeout, 2, false));
    let error = post(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.may_have_been_applied()), (ErrorKind::Timeout, 1, true));
    assert_eq!(trickle.join().unwrap().len(), 3);
}
