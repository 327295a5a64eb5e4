//! Changes of what others change, too.

use super::server::*;

static REPLACE: Operation = Operation { id: "replaceThing", method: Method::Put, ..GET };

async fn replace(client: &ServiceClient, seen: String) -> Result<String, Error> {
    let url = format!("{}/things/1", client.base_url());
    let request = client.http().put(url).header("if-match", &seen).json(&[&seen]).build();
    client.execute(&REPLACE, request).await.map(|_| seen)
}

async fn read(client: &ServiceClient) -> Result<String, Error> {
    get(client).await?.json()
}

/// Each read sees the next version; a write is taken if it is of the version that is wanted.
async fn versions(taken: u64) -> Server {
    let version = AtomicUsize::new(0);
    Server::start(move |_, seen| match seen.header("if-match") {
        None => format!("\"{}\"", version.fetch_add(1, Ordering::SeqCst) + 1).into_response(),
        Some(seen) if seen == taken.to_string() => status(200),
        Some(_) => status(412),
    })
    .await
}

#[tokio::test]
async fn an_update_is_begun_anew_until_nobody_came_between() {
    let server = versions(3).await;
    let client = server.client();
    let written = aep_core::update(|| read(&client), |version| replace(&client, version)).await;
    assert_eq!(written.unwrap(), "3");
    assert_eq!(server.seen().len(), 6);
}

#[tokio::test]
async fn an_update_has_an_end() {
    let server = versions(99).await;
    let client = server.client();
    let error = aep_core::update(|| read(&client), |version| replace(&client, version)).await.unwrap_err();
    assert!(error.is_precondition_failed() && error.to_string().contains("each of 5 times"), "{error}");
    assert_eq!(server.seen().len(), 10);

    let gone = Server::start(|_, _| status(404)).await;
    let client = gone.client();
    let error = aep_core::update(|| read(&client), |version| replace(&client, version)).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(gone.seen().len(), 1);
}

#[tokio::test]
async fn an_update_can_be_spawned() {
    let server = versions(2).await;
    let client = server.client();
    let task =
        tokio::spawn(async move { aep_core::update(|| read(&client), |version| replace(&client, version)).await });
    assert_eq!(task.await.unwrap().unwrap(), "2");
}
