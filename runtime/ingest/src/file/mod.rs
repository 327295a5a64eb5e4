//! Pipelines as files.

mod at;
mod decode;
mod form;
mod read;
mod resolve;
mod schema;
mod source;
mod target;
mod told;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use aep_core::{Error, Result};

use self::decode::Found;
use self::resolve::{Resolver, Variables};
pub use self::told::{FileProblem, FileProblems};
use crate::pipeline::{Pipeline, PipelineBuilder};
use crate::problem::{Part, Places, Problem};

/// Largest file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// Pipelines that somebody wrote into a file, as YAML or JSON: one, or several as documents or under `pipelines`.
///
/// ```
/// use aep_ingest::PipelineFile;
///
/// let text = "
/// pipeline: ACME contacts
/// source:
///   connector: salesforce
///   baseConnection: ${ACME_SALESFORCE}
///   table: Contact
/// target:
///   profile:
///     fieldGroups: [demographic-details, personal-contact-details]
///     primaryIdentity: { path: personalEmail.address, namespace: Email }
///   enableForProfile: true
/// map:
///   Id: _id
///   Email: personalEmail.address
/// deltaColumn: LastModifiedDate
/// schedule: { every: 15 minutes, backfill: true }
/// ";
/// let file = PipelineFile::parse("contacts.yaml", text)?
///     .variables([("ACME_SALESFORCE", "6990abad-977d-41b9-a85d-17ea8cf1c0e4")]);
/// let pipelines = file.pipelines()?;
/// assert_eq!(pipelines[0].name(), "ACME contacts");
///
/// let wrong = PipelineFile::parse("contacts.yaml", &text.replace("15 minutes", "5 minutes"))?
///     .variables([("ACME_SALESFORCE", "6990abad-977d-41b9-a85d-17ea8cf1c0e4")]);
/// assert_eq!(
///     wrong.pipelines().unwrap_err().to_string(),
///     "pipeline contacts.yaml:16:20: schedule: every 5 minutes is below the platform's minimum of 15 for frequency \"minute\"",
/// );
/// # Ok::<(), aep_core::Error>(())
/// ```
///
/// The crate's `pipeline.schema.json` describes the form, for editors; [`PipelineFile::schema`] gives it to programs. What the
/// platform has to be asked for is checked by [`Pipeline::plan`], and told with its place in the file as well.
///
/// `${NAME}` in any value that is a text stands for a variable of the environment, `$${` for a plain `${`. In the params of a
/// sign-in, `${file:/path}` stands for what is in a file. Names of members, and of columns that are members of `map`, are taken
/// as they are. Neither values of variables nor those of a sign-in are shown by errors or by `Debug`.
#[derive(Clone)]
pub struct PipelineFile {
    name: String,
    forms: Arc<Vec<Found>>,
    variables: Variables,
}

impl PipelineFile {
    /// Reads a file. Errors name it as the path does.
    ///
    /// # Errors
    /// The file cannot be read, has more than a megabyte, or is not of the form: each problem with line, column and member. The
    /// cause is a [`FileProblems`] then, which holds all of them.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let name = path.display().to_string();
        Self::parse(
            &name,
            &read::text(path, LARGEST).map_err(|why| Error::workflow(format!("pipeline {name}: {why}")))?,
        )
    }

    /// Takes a text, under the name that errors are to tell.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let forms = decode::documents(text).map_err(|wrong| told::error(name, wrong))?;
        Ok(Self { name: name.to_owned(), forms: Arc::new(forms), variables: Variables::Process })
    }

    /// Has `${NAME}` mean these variables, in place of those of the process.
    #[must_use]
    pub fn variables(mut self, variables: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        self.variables = Variables::Given(Arc::new(variables.collect::<BTreeMap<_, _>>()));
        self
    }

    /// The pipelines, in their order.
    ///
    /// # Errors
    /// A variable is missing, or a pipeline breaks rules: everything that is wrong with the file in one error, each with line,
    /// column, member and, where there is one, the name that may have been meant. The cause is a [`FileProblems`].
    pub fn pipelines(&self) -> Result<Vec<Pipeline>> {
        let checked = |builder: PipelineBuilder| builder.checked();
        self.each(checked)
    }

    /// The pipelines as builders, for what a file cannot say: [`on_event`](PipelineBuilder::on_event), or another journal. What
    /// the platform's rules forbid is only told by [`build`](PipelineBuilder::build).
    ///
    /// # Errors
    /// A variable is missing, or a value is not what its member takes.
    pub fn builders(&self) -> Result<Vec<PipelineBuilder>> {
        self.each(Ok)
    }

    fn each<T>(&self, make: impl Fn(PipelineBuilder) -> Result<T, Vec<Problem>>) -> Result<Vec<T>> {
        let mut wrong = Vec::new();
        let mut made = Vec::new();
        for Found { before, form } in self.forms.iter() {
            let places = Places { file: self.name.clone(), parts: BTreeMap::new() };
            let mut resolver = Resolver::new(&self.variables, places, *before);
            resolver.part(Part::Whole, form.place);
            let builder = resolver.pipeline(&form.value);
            let Resolver { wrong: mut found, places, lacking, .. } = resolver;
            match make(builder.places(places.clone())) {
                Ok(one) => made.push(one),
                Err(problems) => {
                    // What could not be read is not judged as well.
                    let own = problems.into_iter().filter(|problem| !lacking.contains(&problem.part));
                    let placed = own.map(|problem| told::placed(&places, problem));
                    let news: Vec<_> =
                        placed.filter(|problem| found.iter().all(|other| !other.covers(problem))).collect();
                    found.extend(news);
                }
            }
            wrong.extend(found);
        }
        if wrong.is_empty() { Ok(made) } else { Err(told::error(&self.name, wrong)) }
    }

    /// The JSON Schema of such files.
    pub fn schema() -> serde_json::Value {
        schema::schema()
    }
}

impl fmt::Debug for PipelineFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pipelines: Vec<_> = self.forms.iter().map(|found| found.form.value.pipeline.value.as_str()).collect();
        f.debug_struct("PipelineFile").field("name", &self.name).field("pipelines", &pipelines).finish_non_exhaustive()
    }
}
