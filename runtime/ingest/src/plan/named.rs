//! What a pipeline names by what it is called: ids differ from sandbox to sandbox, names need not.

use serde_json::Value;

use super::target::Unfit;
use crate::adoption::{Resource, listed_as};
use crate::clients::Clients;
use crate::event::Step;
use crate::nearest::did_you_mean;
use crate::problem::{Part, Problem};

/// The only resource of a name; of several the one that fits.
///
/// # Errors
/// There is none, with the name that may have been meant, or there are several, with their ids.
pub(super) async fn only(
    clients: &Clients,
    part: Part,
    step: Step,
    name: &str,
    fits: impl Fn(&Value) -> bool,
) -> Result<Resource, Unfit> {
    let failed = |error| Unfit::Failed(part, format!("{step} {name}"), error);
    let mut found = listed_as(clients, step, Some(name)).await.map_err(failed)?;
    if found.len() > 1 && found.iter().any(|resource| fits(&resource.body)) {
        found.retain(|resource| fits(&resource.body));
    }
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(last), false) => {
            let ids: Vec<_> = found.iter().chain([&last]).map(|resource| resource.id.as_str()).collect();
            let text = format!("{} {step}s are called \"{name}\": {}; name one by its id", ids.len(), ids.join(", "));
            Err(Unfit::Refused(Problem::new(part, text)))
        }
        (None, _) => {
            let all = listed_as(clients, step, None).await.unwrap_or_default();
            let hint = did_you_mean(name, all.iter().map(|resource| resource.name.as_str()));
            Err(Unfit::Refused(Problem::new(part, format!("no {step} is called \"{name}\"{hint}"))))
        }
    }
}
