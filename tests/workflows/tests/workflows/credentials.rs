//! Signing in, for real: tokens that end, secrets that are wrong.

use std::time::Duration;

use aep_core::{Aep, StaticToken};
use aep_emulator::Emulator;
use aep_workflows::{Local, SANDBOX, client, pipelines};

use crate::support::Outcome;

#[tokio::test]
async fn a_token_is_asked_for_once_and_serves_everybody() -> Outcome {
    let local = Local::start().await?;
    let flow = pipelines::guide().build()?.apply(&local.sandbox).await?;
    flow.runs().await?;
    flow.destroy().await?;
    assert_eq!(local.emulator.count_tokens(), 1);
    Ok(())
}

#[tokio::test]
async fn a_token_that_ends_between_two_calls_is_replaced() -> Outcome {
    let local = Local::start().await?;
    let plan = pipelines::guide().build()?.plan(&local.sandbox).await?;
    local.emulator.revoke_tokens();
    let flow = plan.apply().await?;
    assert_eq!(local.emulator.count_tokens(), 2);
    assert!(local.emulator.requests().iter().any(|request| request.status == 401));
    assert_eq!(local.count("flows"), 1);
    // Two days later.
    local.emulator.advance(Duration::from_secs(2 * 86_400));
    assert!(!flow.runs().await?.is_empty());
    assert_eq!(local.emulator.count_tokens(), 3);
    Ok(())
}

#[tokio::test]
async fn short_lived_tokens_are_renewed() -> Outcome {
    let local = Local::with(Emulator::builder().token_lifetime(Duration::from_secs(1))).await?;
    let plan = pipelines::guide().build()?.plan(&local.sandbox).await?;
    local.emulator.advance(Duration::from_secs(2));
    plan.apply().await?;
    assert!(local.emulator.count_tokens() >= 2);
    assert_eq!(local.count("flows"), 1);
    Ok(())
}

#[tokio::test]
async fn a_wrong_secret_is_told_and_not_shown() -> Outcome {
    let local = Local::start().await?;
    let sandbox = client(&local.emulator, "wr0ng-s3cret")?.sandbox(SANDBOX)?;
    let error = pipelines::crm().build()?.apply(&sandbox).await.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("pipeline CRM contacts: credentials: "), "{text}");
    assert!(text.contains("secret") && !text.contains("wr0ng"), "{text}");
    assert!(!format!("{error:?}").contains("wr0ng"));
    assert_eq!(local.count("schemas"), 0);
    Ok(())
}

#[tokio::test]
async fn a_fixed_token_that_has_ended_is_told() -> Outcome {
    let local = Local::start().await?;
    let token = StaticToken::new(local.emulator.client_id(), local.emulator.issue_token());
    let aep = Aep::builder()
        .organization(local.emulator.organization())
        .credentials(token)
        .base_url(local.emulator.base_url())
        .build()?;
    let sandbox = aep.sandbox(SANDBOX)?;
    let plan = pipelines::crm().build()?.plan(&sandbox).await?;
    local.emulator.revoke_tokens();
    let error = plan.apply().await.unwrap_err().to_string();
    assert!(error.contains("failed: 401 401013"), "{error}");
    assert_eq!(local.count("schemas") + local.count("sourceConnections"), 0);
    Ok(())
}
