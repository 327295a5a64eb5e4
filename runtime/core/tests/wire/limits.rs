//! What a client puts up with: size, time, and being given up.

use super::server::*;

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

async fn compressing(code: u16, content: &[u8]) -> Server {
    let body = gzip(content);
    Server::start(move |_, seen| {
        assert!(seen.header("accept-encoding").is_some_and(|value| value.contains("gzip")));
        (StatusCode::from_u16(code).unwrap(), [("content-encoding", "gzip")], body.clone()).into_response()
    })
    .await
}

#[tokio::test]
async fn a_compressed_answer_is_read_and_bounded_by_what_it_grows_to() {
    let server = compressing(200, br#"["small"]"#).await;
    assert_eq!(get(&server.client()).await.unwrap().json::<Vec<String>>().unwrap(), ["small"]);

    let grown = vec![b' '; 32 << 20];
    let server = compressing(200, &grown).await;
    let error = get(&client(server.builder().response_limit(1 << 20))).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 1));
    assert!(error.to_string().contains("larger than 1048576 bytes"), "{error}");

    // Of an error no more is unpacked than is kept.
    let server = compressing(400, &grown).await;
    assert_eq!(get(&server.client()).await.unwrap_err().body().len(), 64 * 1024);
}

#[tokio::test]
async fn silence_ends_a_read_before_the_attempt_is_over() {
    let (builder, requests) = raw_server(vec![GOOD], Duration::from_millis(1500));
    let builder = builder.read_timeout(Duration::from_millis(200)).attempt_timeout(Duration::from_secs(50));
    let error = post(&client(builder)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
    assert!(error.is_timeout() && error.may_have_been_applied());
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_nothing_running() {
    let server = Server::holding(Duration::from_millis(50)).await;
    let client = client(server.builder().retry(RetryPolicy::default().attempts(50)));
    get(&client).await.unwrap();
    let alive = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    for _ in 0..5 {
        let call = tokio::time::timeout(Duration::from_millis(5), get(&client));
        assert!(call.await.is_err());
    }
    let begun = client.aep().stats().attempts;
    // The connections of calls that were given up are closed, and so are the tasks that served them.
    for _ in 0..200 {
        if tokio::runtime::Handle::current().metrics().num_alive_tasks() <= alive {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(tokio::runtime::Handle::current().metrics().num_alive_tasks() <= alive);
    assert_eq!(client.aep().stats().attempts, begun);
}

#[tokio::test]
async fn counters_tell_what_was_done() {
    let server = Server::start(|number, _| match number {
        1 => status(503),
        2 => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")]).into_response(),
        3 => (StatusCode::OK, "[1234]").into_response(),
        _ => status(404),
    })
    .await;
    let client = client(server.builder().retry(RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO)));
    get(&client).await.unwrap();
    post(&client).await.unwrap_err();
    let stats = client.aep().clone().stats();
    assert_eq!((stats.calls, stats.failed, stats.attempts, stats.retries, stats.throttled), (2, 1, 4, 2, 1));
    // "[1]" was sent; "{}", nothing, "[1234]" and "{}" came back.
    assert_eq!((stats.bytes_sent, stats.bytes_received), (3, 2 + 6 + 2));
}
