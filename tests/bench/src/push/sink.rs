//! A server that takes what it is sent without looking at it, but for the number of events.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{post, put};
use futures_util::StreamExt as _;
use serde_json::json;
use tokio::net::TcpListener;

use crate::Problem;
use crate::process::{Place, tell_and_wait};

pub(crate) async fn serve() -> Result<(), Problem> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let router = Router::new()
        .route("/ims/token/v3", post(token))
        .route("/data/foundation/import/batches", post(batch))
        .route("/data/foundation/import/batches/{id}", post(StatusCode::OK))
        .route("/data/foundation/import/batches/{id}/datasets/{dataset}/files/{*path}", put(file))
        .route("/collection/batch/{inlet}", post(events));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let settings = [
        ("AEP_CLIENT_ID", "client"),
        ("AEP_CLIENT_SECRET", "secret"),
        ("AEP_ORG_ID", "ACME0123456789ABCDEF@AdobeOrg"),
        ("AEP_BASE_URL", &url),
        ("AEP_IMS_URL", &url),
    ];
    let place = Place {
        environment: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        dataset: "6a1b2c3d4e5f60718293a4b5".to_owned(),
        inlet: "c0ffee".to_owned(),
        flow: "5d0e6f1a-0b7c-4a51-9d43-6f2f6b3b7a10".to_owned(),
    };
    tell_and_wait(&place).await
}

const JSON: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json")];

async fn token() -> impl IntoResponse {
    let token = json!({ "access_token": "Zm9vYmFy".repeat(140), "token_type": "bearer", "expires_in": 86_399 });
    (JSON, token.to_string())
}

async fn batch() -> impl IntoResponse {
    let batch = json!({ "id": "01JBENCH", "status": "loading", "inputFormat": { "format": "json" } });
    (StatusCode::CREATED, JSON, batch.to_string())
}

async fn file(body: Body) -> Result<StatusCode, StatusCode> {
    read(body, |_| {}).await?;
    Ok(StatusCode::CREATED)
}

/// Each event is an object without objects in it.
async fn events(Path(inlet): Path<String>, body: Body) -> Result<impl IntoResponse, StatusCode> {
    let mut objects = 0_usize;
    read(body, |bytes| objects += bytes.iter().filter(|byte| **byte == b'{').count()).await?;
    let mut answer = format!(
        "{{\"inletId\":\"{inlet}\",\"batchId\":\"1790000000456:0001:9\",\"receivedTimeMs\":1790000000456,\"responses\":["
    );
    for index in 0..objects.saturating_sub(1) {
        let comma = if index == 0 { "" } else { "," };
        answer.push_str(comma);
        answer.push_str("{\"xactionId\":\"1790000000456:0001:9:");
        answer.push_str(&index.to_string());
        answer.push_str("\"}");
    }
    answer.push_str("]}");
    Ok((StatusCode::MULTI_STATUS, JSON, answer))
}

async fn read(body: Body, mut each: impl FnMut(&[u8])) -> Result<(), StatusCode> {
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        each(&chunk.map_err(|_| StatusCode::BAD_REQUEST)?);
    }
    Ok(())
}
