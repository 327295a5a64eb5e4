//! Several pipelines at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use aep_core::{Error, Result, Sandbox};
use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use serde::Serialize;
use serde_json::json;

use super::{Action, Plan, read};
use crate::adoption;
use crate::clients::Clients;
use crate::event::Step;
use crate::failure;
use crate::handle::FlowHandle;
use crate::pipeline::{Pipeline, Target};
use crate::problem::{Part, Problem};
use crate::shared::Shared;

/// Pipelines that are applied at once.
const AT_ONCE: usize = 8;
/// What two pipelines may have in common, each after what it refers to.
const COMMON: [Step; 4] = [Step::BaseConnection, Step::FieldGroup, Step::Schema, Step::Dataset];

/// What became of the plans, by index.
type Results = BTreeMap<usize, Result<FlowHandle>>;

/// Several pipelines for one sandbox, such as those of a file.
///
/// ```no_run
/// # async fn run(sandbox: aep_core::Sandbox, of_a_file: Vec<aep_ingest::Pipeline>) -> aep_core::Result<()> {
/// let pipelines: aep_ingest::Pipelines = of_a_file.into_iter().collect();
/// let plans = pipelines.plan(&sandbox).await?;
/// println!("{plans}");
/// for flow in plans.apply().await {
///     println!("{}", flow?.flow_id());
/// }
/// # Ok(())
/// # }
/// ```
///
/// What several of them need of the platform is read once. Two that make the same, such as a dataset of one name, share it: the first
/// one makes it, the others wait for that and adopt it.
#[derive(Clone, Debug, Default)]
pub struct Pipelines(Vec<Pipeline>);

impl FromIterator<Pipeline> for Pipelines {
    fn from_iter<T: IntoIterator<Item = Pipeline>>(pipelines: T) -> Self {
        Self(pipelines.into_iter().collect())
    }
}

impl Pipelines {
    /// Reads what the sandbox has and checks all pipelines against it. Nothing is created or changed. From ten pipelines on, lists are
    /// read as a whole where that takes no more calls than to ask for each name.
    ///
    /// # Errors
    /// Two pipelines have one name, or make under one name what is not the same; or some cannot be planned: the error tells of
    /// each, and its cause is the first one's.
    pub async fn plan(&self, sandbox: &Sandbox) -> Result<Plans> {
        let mut names = BTreeSet::new();
        for Pipeline(definition) in &self.0 {
            if !names.insert(&definition.name) {
                let text = "there is another pipeline of this name; all that is made for one is called like it";
                return Err(failure::refused(definition.told(), &[Problem::new(Part::Name, text.to_owned())]));
            }
        }
        let shared = Shared::new(self.0.len());
        let clients = Clients::sharing(sandbox, &shared);
        let reads = self.0.iter().map(|Pipeline(definition)| Box::pin(read(Arc::clone(definition), clients.clone())));
        let (plans, errors): (Vec<_>, Vec<_>) = join_all(reads).await.into_iter().partition(Result::is_ok);
        if errors.is_empty() {
            return Plans::new(plans.into_iter().flatten().collect());
        }
        Err(failure::several(errors.into_iter().filter_map(Result::err).collect()))
    }
}

/// What applying several pipelines would do. `Display` shows it to people, serde to programs.
#[derive(Clone, Debug, Serialize)]
pub struct Plans {
    plans: Vec<Plan>,
    /// Those that make something that the plan of this index needs.
    #[serde(skip)]
    makers: Vec<Vec<usize>>,
}

impl Plans {
    fn new(mut plans: Vec<Plan>) -> Result<Self> {
        let (mut first, mut makers) = (BTreeMap::<(Step, String), usize>::new(), vec![Vec::new(); plans.len()]);
        for index in 0..plans.len() {
            for step in COMMON {
                let Some(name) = made(&plans[index], step) else { continue };
                let maker = *first.entry((step, name)).or_insert(index);
                if maker < index {
                    let (before, after) = plans.split_at_mut(index);
                    share(&before[maker], &mut after[0], step)?;
                    makers[index].push(maker);
                }
            }
        }
        Ok(Self { plans, makers })
    }

    /// The plans, in the order of the pipelines.
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }

    /// How many steps there are of an action.
    pub fn count(&self, action: Action) -> usize {
        self.plans.iter().map(|plan| plan.count(action)).sum()
    }

    /// Applies all, several side by side; one that adopts what another one makes after that. Gives what became of each, in their order:
    /// a failure of one stops only those that wait for what it makes.
    ///
    /// Each is as safe to apply again as it is alone: [`Plan::apply`].
    pub async fn apply(&self) -> Vec<Result<FlowHandle>> {
        let mut results = Results::new();
        while results.len() < self.plans.len() {
            let mut now: Vec<_> = (0..self.plans.len()).filter(|index| !results.contains_key(index)).collect();
            now.retain(|index| self.makers[*index].iter().all(|maker| results.contains_key(maker)));
            let (shared, known) = (&Shared::new(now.len()), &results);
            let applied = stream::iter(now)
                .map(|index| Box::pin(async move { (index, self.apply_one(index, known, shared).await) }));
            let applied: Vec<_> = applied.buffer_unordered(AT_ONCE).collect().await;
            results.extend(applied);
        }
        results.into_values().collect()
    }

    async fn apply_one(&self, index: usize, known: &Results, shared: &Arc<Shared>) -> Result<FlowHandle> {
        let (plan, makers) = (&self.plans[index], &self.makers[index]);
        if makers.is_empty() {
            return plan.apply().await;
        }
        if let Some(maker) = makers.iter().find(|maker| known.get(maker).is_some_and(Result::is_err)) {
            let name = &self.plans[*maker].definition.name;
            let text = format!("not begun, as pipeline {name} failed, which makes what it adopts");
            return Err(failure::refused(plan.definition.told(), &[Problem::new(Part::Whole, text)]));
        }
        // What the others have made is there by now.
        let clients = Clients::sharing(&plan.clients.sandbox, shared);
        let mut again = Box::pin(read(Arc::clone(&plan.definition), clients)).await?;
        (again.keep_on_failure, again.observer) = (plan.keep_on_failure, plan.observer.clone());
        again.apply().await
    }
}

/// What a plan calls what it makes in a step.
fn made(plan: &Plan, step: Step) -> Option<String> {
    let makes = plan.steps.iter().any(|planned| planned.step == step && planned.action == Action::Create);
    adoption::name(&plan.definition, step).filter(|_| makes).map(str::to_owned)
}

/// Has a plan adopt what another one makes.
fn share(maker: &Plan, plan: &mut Plan, step: Step) -> Result<()> {
    let name = &maker.definition.name;
    let wanted = |Plan { definition, found, .. }: &Plan| {
        let Target { identity, profile, .. } = &definition.target;
        let about = match step {
            Step::Schema => json!([identity.as_ref().map(|wanted| [&wanted.path, &wanted.namespace]), profile]),
            Step::Dataset => json!(adoption::name(definition, Step::Schema)),
            _ => json!(null),
        };
        Ok::<_, Error>((adoption::new(definition, found, step)?, about))
    };
    if wanted(maker)? != wanted(plan)? {
        let text =
            format!("pipeline {name} makes one of this name that is not the same; give one of them another name");
        return Err(failure::refused(plan.definition.told(), &[Problem::new(Part::Made(step), text)]));
    }
    // What is said of a schema goes with it.
    let steps: &[Step] = if step == Step::Schema { &[Step::Schema, Step::Identity, Step::Profile] } else { &[step] };
    for planned in plan.steps.iter_mut().filter(|planned| steps.contains(&planned.step)) {
        planned.action = Action::Adopt;
        planned.detail += if planned.detail.is_empty() { "" } else { ", " };
        planned.detail += &format!("made by pipeline {name}");
    }
    Ok(())
}

impl fmt::Display for Plans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for plan in &self.plans {
            writeln!(f, "{plan}\n")?;
        }
        let [create, use_, adopt, change] =
            [Action::Create, Action::Use, Action::Adopt, Action::Change].map(|action| self.count(action));
        let all = self.plans.len();
        write!(f, "{all} pipelines: {create} to create, {use_} to use, {adopt} to adopt, {change} to change.")
    }
}
