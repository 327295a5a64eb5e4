//! Messages that were taken are gathered by dataset, and stored as a batch when an interval has passed.

use crate::platform::Scene;
use crate::services::batch_ingestion::landing::{self, Row};
use crate::services::streaming_ingestion::destinations::Message;
use crate::services::streaming_ingestion::violations;
use serde::{Deserialize, Serialize};

/// Messages for one dataset that are not stored yet.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Gathered {
    /// When the first of them came.
    since: i64,
    rows: Vec<Row>,
}

/// Keeps a message until it is stored.
pub(super) fn gather(scene: &mut Scene<'_>, message: Message) {
    let since = scene.now;
    let fault = violations::first(&scene.contents.registry, &message);
    let gathered = scene.contents.streaming.gathered.entry(message.data_set);
    let gathered = gathered.or_insert_with(|| Gathered { since, rows: Vec::new() });
    gathered.rows.push(Row { sent: message.sent.to_string(), record: fault.map_or(message.record, Err) });
}

/// Stores what was gathered for long enough.
pub(crate) fn advance(scene: &mut Scene<'_>) {
    let interval = i64::try_from(scene.settings.streaming_interval.as_millis()).unwrap_or(i64::MAX);
    for (data_set, gathered) in std::mem::take(&mut scene.contents.streaming.gathered) {
        if scene.now - gathered.since >= interval {
            landing::land(scene, &data_set, gathered.rows, gathered.since, gathered.since.saturating_add(interval));
        } else {
            scene.contents.streaming.gathered.insert(data_set, gathered);
        }
    }
}
