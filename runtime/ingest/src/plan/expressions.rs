//! Has the platform read the calculated fields of a pipeline.

use aep_core::{Error, Result};
use aep_data_prep::types::{ExpressionValidationRequest, ExpressionVerdict};
use futures_util::future::try_join_all;

use crate::clients::Clients;
use crate::pipeline::{Definition, Mapping, MappingSource};

/// The mappings whose expressions the platform does not take. Each expression is asked about once, all side by side.
///
/// # Errors
/// The platform could not be asked, with the expression.
pub(super) async fn refused(definition: &Definition, clients: &Clients) -> Result<Vec<String>, (String, Error)> {
    let mut expressions: Vec<&str> = Vec::new();
    for Mapping { source, .. } in &definition.mapping {
        if let MappingSource::Expression(expression) = source
            && !expressions.contains(&expression.as_str())
        {
            expressions.push(expression);
        }
    }
    let answers = expressions.iter().map(async |expression| {
        let why = why_refused(clients, expression).await.map_err(|error| ((*expression).to_owned(), error))?;
        Ok(why.map(|why| (*expression, why)))
    });
    let refused: Vec<_> = try_join_all(answers).await?.into_iter().flatten().collect();
    let mappings = definition.mapping.iter().filter_map(|mapping| {
        let MappingSource::Expression(expression) = &mapping.source else { return None };
        let (_, why) = refused.iter().find(|(refused, _)| refused == expression)?;
        Some(format!(
            "map: the platform does not take the expression {expression} for \"{}\"{why}",
            mapping.destination
        ))
    });
    Ok(mappings.collect())
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
        Err(error) if error.status() == Some(400) => Ok(Some(format!(": {error}"))),
        Err(error) => Err(error),
    }
}
