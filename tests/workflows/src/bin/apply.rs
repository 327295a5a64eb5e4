//! Applies a pipeline of the tutorials to the platform that the environment names: `apply NAME JOURNAL`. Tests end it in the
//! middle of its work.

use std::error::Error;
use std::process::ExitCode;

use aep_core::Aep;
use aep_workflows::{SANDBOX, pipelines};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(name), Some(journal)) = (arguments.next(), arguments.next()) else {
        return Err("apply takes the name of a pipeline and the path of its journal".into());
    };
    let known = pipelines::ALL.into_iter().chain([("crm_changed", pipelines::crm_changed as pipelines::Recipe)]);
    let recipe = known.into_iter().find(|(known, _)| *known == name);
    let (_, pipeline) = recipe.ok_or_else(|| format!("there is no pipeline {}", name.display()))?;
    let sandbox = Aep::from_env()?.sandbox(SANDBOX)?;
    let flow = pipeline().journal(journal).build()?.apply(&sandbox).await?;
    println!("{}", flow.flow_id());
    Ok(())
}
