//! In how few waves a platform takes calls that were made: found out by asking it, so that whatever one call needs of another counts, an
//! id in its body as well as an order that the platform insists on.

use std::error::Error;

use aep_core::{Method, Sandbox};
use aep_emulator::RequestRecord;
use serde_json::Value;

/// Sends the calls of a log that change something once more, to a platform that is as the other was before them, each as early as it is
/// taken. Gives the operations by wave, each in the order of their names.
///
/// A call that is refused has done nothing and is tried again in the next wave. Within a wave those that came late in the log come
/// first, as none of them can have what it needs by another one of that wave.
///
/// # Errors
/// A call is not taken whatever was done before, or fails otherwise than by a refusal.
pub async fn waves(log: &[RequestRecord], fresh: &Sandbox) -> Result<Vec<Vec<&'static str>>, Box<dyn Error>> {
    let mut left: Vec<&RequestRecord> =
        log.iter().filter(|record| !record.is_token() && record.method != "GET").collect();
    let (mut ids, mut waves) = (Vec::new(), Vec::new());
    while !left.is_empty() {
        let (mut wave, mut made, mut late) = (Vec::new(), Vec::new(), Vec::new());
        for record in left.into_iter().rev() {
            match send(record, fresh, &ids).await? {
                Some(answer) => {
                    wave.extend(record.operation);
                    made.push((record, answer));
                }
                None => late.insert(0, record),
            }
        }
        if made.is_empty() {
            return Err(
                format!("none of {:?} is taken", late.iter().map(|one| one.operation).collect::<Vec<_>>()).into()
            );
        }
        for (record, answer) in made {
            renamed(record.response.as_ref().unwrap_or(&Value::Null), &answer, &mut ids);
        }
        wave.sort_unstable();
        waves.push(wave);
        left = late;
    }
    Ok(waves)
}

/// Sends a call with the ids of this platform; gives the answer, or nothing where it is refused.
async fn send(
    record: &RequestRecord,
    sandbox: &Sandbox,
    ids: &[(String, String)],
) -> Result<Option<Value>, Box<dyn Error>> {
    let here = |text: &str| ids.iter().fold(text.to_owned(), |text, (there, here)| text.replace(there, here));
    let method = match record.method.as_str() {
        "POST" => Method::Post,
        "PATCH" => Method::Patch,
        "PUT" => Method::Put,
        other => return Err(format!("{other} {} makes nothing", record.path).into()),
    };
    let mut request = sandbox.request(method, here(&record.path));
    if let Some(body) = &record.request {
        let body: Value = serde_json::from_str(&here(&body.to_string()))?;
        request = request.json(&body);
    }
    match request.send().await {
        Ok(answer) => Ok(Some(answer.json()?)),
        Err(error) if error.status().is_some_and(|status| (400..500).contains(&status)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What is called otherwise in the one answer than in the other: ids, alone or at the end of an address.
fn renamed(there: &Value, here: &Value, ids: &mut Vec<(String, String)>) {
    let last = |text: &str| text.rsplit(['/', '.']).next().unwrap_or_default().to_owned();
    match (there, here) {
        (Value::String(there), Value::String(here)) if there != here => ids.push((last(there), last(here))),
        (Value::Array(there), Value::Array(here)) => {
            there.iter().zip(here).for_each(|(there, here)| renamed(there, here, ids));
        }
        (Value::Object(there), Value::Object(here)) => {
            there.iter().for_each(|(name, there)| renamed(there, here.get(name).unwrap_or(&Value::Null), ids));
        }
        _ => {}
    }
}
