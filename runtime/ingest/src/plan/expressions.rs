//! Has the platform read the calculated fields of a pipeline.

use std::collections::BTreeMap;

use aep_core::{Error, Result};
use aep_data_prep::types::{ExpressionValidationRequest, ExpressionVerdict};
use futures_util::future::try_join_all;

use crate::clients::Clients;
use crate::pipeline::{Definition, Mapping, MappingSource};
use crate::problem::{Part, Problem};

/// The entries whose expressions the platform does not take. Each expression is asked about once, all side by side.
///
/// # Errors
/// The platform could not be asked, with the index of an entry and what it was asked for.
pub(super) async fn refused(
    definition: &Definition,
    clients: &Clients,
) -> Result<Vec<Problem>, (usize, String, Error)> {
    let entries = || {
        let all = definition.mapping.iter().enumerate();
        all.filter_map(|(index, Mapping { source, destination })| match source {
            MappingSource::Expression(expression) => Some((expression, index, destination)),
            _ => None,
        })
    };
    let distinct: BTreeMap<_, _> = entries().map(|(expression, index, _)| (expression, index)).collect();
    let answers = distinct.into_iter().map(async |(expression, index)| {
        let why = clients.once(format!("expression {expression}"), why_refused(clients, expression)).await;
        why.map(|why| (expression, why)).map_err(|error| (index, format!("expression {expression}"), error))
    });
    let answers: BTreeMap<_, _> = try_join_all(answers).await?.into_iter().collect();
    let refused = entries().filter_map(|(expression, index, destination)| {
        let why = answers.get(expression)?.as_ref()?;
        let text = format!("the platform does not take the expression {expression} for \"{destination}\"{why}");
        Some(Problem::new(Part::Entry(index), text))
    });
    Ok(refused.collect())
}

/// What the platform says against an expression; nothing where it only says no.
async fn why_refused(clients: &Clients, expression: &str) -> Result<Option<String>> {
    let request = ExpressionValidationRequest::new(expression);
    match clients.data_prep.validate_expression().body(request).send().await {
        Ok(ExpressionVerdict::IsValid(valid)) => Ok((!*valid).then(String::new)),
        Ok(ExpressionVerdict::Report(report)) => {
            let well = report.validation_status.is_some_and(|status| status.eq_ignore_ascii_case("succeeded"));
            Ok((!well).then(|| report.error.map_or_else(String::new, |error| format!(": {}", error.as_str()))))
        }
        Err(error) if error.status() == Some(400) => {
            Ok(Some(error.detail().map_or_else(|| format!(": {error}"), |detail| format!(": {detail}"))))
        }
        Err(error) => Err(error),
    }
}
