//! The local platform, with a flow whose inlet and dataset are sent to.

use aep_workflows::{Local, pipelines};

use crate::Problem;
use crate::process::{Place, tell_and_wait};

pub(crate) async fn serve() -> Result<(), Problem> {
    let text = |error: Box<dyn std::error::Error>| error.to_string();
    let local = Local::start().await.map_err(text)?;
    let flow = pipelines::streaming().build()?.apply(&local.sandbox).await?;
    let inlet = flow.inlet_url().await?.ok_or("the flow has no inlet")?;
    let place = Place {
        environment: local.emulator.environment().into_iter().collect(),
        dataset: flow.dataset_id().to_owned(),
        inlet,
        flow: flow.flow_id().to_owned(),
    };
    tell_and_wait(&place).await
}
