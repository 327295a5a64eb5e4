//! Clock and transport of one's own.

use std::sync::Weak;

use super::server::*;

/// Answers without a network: a token, then what it is told.
struct Scripted {
    seen: Arc<Mutex<Vec<String>>>,
    answers: Mutex<Vec<Result<http::Response<String>, TransportError>>>,
}

impl Transport for Scripted {
    fn send(&self, request: reqwest::Request) -> BoxFuture<'_, Result<reqwest::Response, TransportError>> {
        self.seen.lock().unwrap().push(format!("{} {}", request.method(), request.url()));
        let answer = match request.url().path() {
            "/ims/token/v3" => Ok(http::Response::new(r#"{"access_token":"t","expires_in":3600}"#.to_owned())),
            _ => self.answers.lock().unwrap().remove(0),
        };
        Box::pin(async move { answer.map(reqwest::Response::from) })
    }
}

fn scripted(
    answers: Vec<Result<http::Response<String>, TransportError>>,
    clock: &Arc<StoppedClock>,
) -> (ServiceClient, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::default();
    let transport = Scripted { seen: Arc::clone(&seen), answers: Mutex::new(answers) };
    let builder = Aep::builder()
        .organization("ACME@AdobeOrg")
        .credentials(OAuthServerToServer::new("client", SECRET, ["openid"]))
        .transport(transport)
        .clock(Arc::clone(clock));
    (client(builder), seen)
}

fn answered(status: u16, retry_after: Option<&str>) -> Result<http::Response<String>, TransportError> {
    let mut answer = http::Response::new("{}".to_owned());
    *answer.status_mut() = StatusCode::from_u16(status).unwrap();
    if let Some(value) = retry_after {
        answer.headers_mut().insert("retry-after", value.parse().unwrap());
    }
    Ok(answer)
}

#[tokio::test]
async fn a_transport_sees_every_request_and_a_clock_every_wait() {
    let clock = StoppedClock::new();
    let answers = vec![answered(503, None), answered(500, None), Err(TransportError::lost("cut")), answered(200, None)];
    let (client, seen) = scripted(answers, &clock);
    assert_eq!(get(&client).await.unwrap().attempts(), 4);
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "POST https://ims-na1.adobelogin.com/ims/token/v3",
            "GET https://platform.adobe.io/data/demo/things/1",
            "GET https://platform.adobe.io/data/demo/things/1",
            "GET https://platform.adobe.io/data/demo/things/1",
            "GET https://platform.adobe.io/data/demo/things/1",
        ]
    );
    // Of the longest waits, which double, this clock's chance takes a half.
    assert_eq!(clock.slept(), [100, 200, 400].map(Duration::from_millis));
}

#[tokio::test]
async fn retry_after_is_waited_for_in_both_forms_and_up_to_a_limit() {
    let clock = StoppedClock::new();
    let date = "Sun, 06 Nov 1994 08:49:47 GMT"; // ten seconds after this clock's time of day
    let answers =
        vec![answered(429, Some("7")), answered(503, Some(date)), answered(429, Some("3600")), answered(200, None)];
    let (client, _) = scripted(answers, &clock);
    assert_eq!(post(&client).await.unwrap().attempts(), 4);
    assert_eq!(clock.slept(), [7, 10 - 7, 30].map(Duration::from_secs));
}

#[tokio::test]
async fn a_failure_before_sending_is_told_from_one_after() {
    let clock = StoppedClock::new();
    let refused = || Err(TransportError::not_sent("refused"));
    let (client, seen) = scripted(vec![refused(), refused(), answered(201, None)], &clock);
    assert_eq!(post(&client).await.unwrap().attempts(), 3);
    assert_eq!(seen.lock().unwrap().len(), 4);

    for (failure, kind) in [
        (TransportError::lost("cut"), ErrorKind::Transport),
        (TransportError::timed_out("silence"), ErrorKind::Timeout),
    ] {
        let (client, seen) = scripted(vec![Err(failure)], &clock);
        let error = post(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts(), error.may_have_been_applied()), (kind, 1, true));
        assert_eq!(seen.lock().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_token_lives_by_the_clock() {
    let clock = StoppedClock::new();
    let (client, seen) = scripted((0..4).map(|_| answered(200, None)).collect(), &clock);
    let tokens = || seen.lock().unwrap().iter().filter(|line| line.ends_with("/ims/token/v3")).count();
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    assert_eq!(tokens(), 1);
    clock.advance(Duration::from_secs(3599));
    get(&client).await.unwrap();
    assert_eq!(tokens(), 2, "it is renewed before it expires");
    clock.advance(Duration::from_secs(3600));
    get(&client).await.unwrap();
    assert_eq!(tokens(), 3);
}

#[tokio::test]
async fn a_time_limit_is_the_clocks() {
    let clock = StoppedClock::new();
    let (client, _) = scripted((0..9).map(|_| answered(429, Some("4"))).collect(), &clock);
    let policy = RetryPolicy::default().attempts(9).time_limit(Duration::from_secs(10));
    let sandbox = client.sandbox().unwrap().with(RequestOptions::new().retry(policy));
    let error = get(&ServiceClient::for_sandbox(&sandbox, &SERVICE)).await.unwrap_err();
    assert_eq!((error.attempts(), error.retry_after()), (3, Some(Duration::from_secs(4))));
}

#[tokio::test]
async fn nothing_of_a_client_stays_when_it_is_dropped() {
    let clock = StoppedClock::new();
    let left: Weak<StoppedClock> = Arc::downgrade(&clock);
    let (client, _) = scripted(vec![answered(200, None)], &clock);
    get(&client).await.unwrap();
    drop((client, clock));
    assert!(left.upgrade().is_none(), "a task or a cycle keeps the client");
}
