//! Many calls, side by side: each has its result, and memory does not grow with their number.

use allocation_counter::{AllocationInfo, measure};

use super::server::*;

const AT_ONCE: usize = 64;

/// A server with a thread of its own, so that only the client's allocations are those of the test's thread. One request in twenty
/// fails, and a token lives for 2,000 requests.
fn faulty() -> Server {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let server = Server::start(|number, seen| {
                let token: usize = seen.header("authorization").unwrap()["Bearer token-".len()..].parse().unwrap();
                match number {
                    _ if number / 2000 >= token => status(401),
                    _ if number % 20 == 0 => status(503),
                    _ => (StatusCode::OK, format!("\"{}\"", seen.query)).into_response(),
                }
            })
            .await;
            sender.send(server).unwrap();
            std::future::pending::<()>().await;
        });
    });
    receiver.recv().unwrap()
}

/// Makes calls, never more than so many at once; each answer has to be the one to its request.
fn calls(server: &Server, number: usize) -> AllocationInfo {
    measure(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let retry = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO).attempts(9);
            let client = client(server.builder().retry(retry));
            let next = AtomicUsize::new(0);
            let worker = async || {
                loop {
                    let call = next.fetch_add(1, Ordering::Relaxed);
                    if call >= number {
                        break;
                    }
                    let url = format!("{}/things/1?{call}", client.base_url());
                    let answer = client.execute(&GET, client.http().get(url).build()).await.unwrap();
                    assert_eq!(answer.json::<String>().unwrap(), call.to_string());
                }
            };
            let workers: Vec<_> = (0..AT_ONCE).map(|_| Box::pin(worker())).collect();
            futures_util::future::join_all(workers).await;
            assert_eq!(client.aep().stats().calls, number as u64);
        });
    })
}

#[test]
fn ten_thousand_calls_through_faults_and_expiries_need_no_more_memory_than_a_thousand() {
    let server = faulty();
    let few = calls(&server, 1_000);
    let tokens = server.tokens();
    server.forget();
    let many = calls(&server, 10_000);
    let sent = server.count();
    assert!(sent > 10_500, "one in twenty fails: {sent}");
    assert_eq!(tokens, 1);
    // The second client begins with token 2, which is refused when it has been used for 2,000 requests more.
    assert_eq!(server.tokens(), sent / 2000 + 1, "one for each that expired, whoever was under way: {sent} requests");
    // What grows with the number of calls would be ten times as much.
    assert!(
        many.bytes_max < few.bytes_max * 2,
        "{} bytes at most for 1,000 calls, {} for 10,000",
        few.bytes_max,
        many.bytes_max
    );
}
