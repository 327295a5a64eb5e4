//! From the form of a pipeline to a builder.

use aep_core::Timestamp;
use aep_sources::types::Frequency;

use super::at::{At, Text, TextOr};
use super::form::{EntryForm, IdentityForm, MapForm, PipelineForm, ScheduleForm, SchemaForm, TargetForm};
use super::resolve::Resolver;
use crate::nearest::did_you_mean;
use crate::pipeline::{Options, OwnFields, Pipeline, PipelineBuilder, Schedule, Target};
use crate::problem::Part;
use crate::xdm::{classes, field_groups};

impl Resolver<'_> {
    /// A pipeline of its form.
    pub(super) fn pipeline(&mut self, form: &PipelineForm) -> PipelineBuilder {
        let name = self.of_part(Part::Name, "pipeline", &form.pipeline);
        let mut builder = Pipeline::builder(&name);
        if let Some(description) = self.optional("description", form.description.as_ref()) {
            builder = builder.description(description);
        }
        builder = self.source(builder, &form.source);
        match self.target(&name, &form.target) {
            Some(target) => builder = builder.target(target),
            None => self.lacking.push(Part::Target),
        }
        if let Some(map) = &form.map {
            self.part(Part::Map, map.place);
            builder = self.map(builder, &map.value);
        }
        if let Some(delta) = &form.delta_column {
            self.part(Part::DeltaColumn, delta.place);
            match &delta.value {
                TextOr::Text(name) => builder = builder.delta_column(self.plain("deltaColumn", delta.place, name)),
                TextOr::Form(form) => {
                    builder = builder.delta_column(self.text("name", &form.name));
                    if let Some(format) = self.optional("format", form.format.as_ref()) {
                        builder = builder.delta_format(format);
                    }
                    if let Some(time_zone) = self.optional("timeZone", form.time_zone.as_ref()) {
                        builder = builder.delta_time_zone(time_zone);
                    }
                }
            }
        }
        if let Some(schedule) = &form.schedule {
            let every = schedule.value.every.as_ref();
            self.part(Part::Schedule, every.map_or(schedule.place, |every| every.place));
            if let Some(schedule) = self.schedule(&schedule.value) {
                builder = builder.schedule(schedule);
            }
        }
        if let Some(options) = &form.options {
            self.part(Part::Options, options.place);
            let mut told = Options::new();
            if let Some(enabled) = options.value.error_diagnostics {
                told = told.error_diagnostics(enabled);
            }
            if let Some(percent) = options.value.partial_ingestion_percent {
                told = told.partial_ingestion_percent(percent);
            }
            builder = builder.options(told);
        }
        match (&form.journal, &form.no_journal) {
            (Some(_), Some(none)) if none.value => {
                self.problem(none.place, "noJournal", "journal says where it lies; leave one out");
            }
            (Some(path), _) => builder = builder.journal(self.text("journal", path)),
            (None, Some(none)) if none.value => builder = builder.no_journal(),
            _ => {}
        }
        builder.keep_on_failure(form.keep_on_failure.unwrap_or_default())
    }

    fn target(&mut self, pipeline: &str, at: &At<TargetForm>) -> Option<Target> {
        let form = &at.value;
        self.part(Part::Target, at.place);
        let new = [
            ("profile", &form.profile, Some(classes::INDIVIDUAL_PROFILE)),
            ("experienceEvent", &form.experience_event, Some(classes::EXPERIENCE_EVENT)),
            ("newSchema", &form.new_schema, None),
        ];
        let mut new = new.into_iter().filter_map(|(member, schema, class)| Some((member, schema.as_ref()?, class)));
        let mut target = match (new.next(), new.next(), &form.schema, &form.schema_titled) {
            (Some((member, schema, class)), None, None, None) => self.new_schema(pipeline, member, schema, class)?,
            (None, None, Some(id), None) => Target::schema(self.of_part(Part::Schema, "schema", id)),
            (None, None, None, Some(title)) => Target::schema_titled(self.of_part(Part::Schema, "schemaTitled", title)),
            _ => {
                let text = "one of profile, experienceEvent, newSchema, schema or schemaTitled is needed";
                self.problem(at.place, "target", text);
                return None;
            }
        };
        if let Some(identity) = &form.primary_identity {
            if target.identity.is_some() {
                self.problem(identity.place, "primaryIdentity", "the schema names one already; leave one out");
            }
            target = self.identity(target, identity);
        }
        if let Some(description) = self.optional("description", form.description.as_ref()) {
            target = target.description(description);
        }
        match (&form.dataset, &form.dataset_named, &form.dataset_name) {
            (Some(_), None, Some(name)) | (None, Some(_), Some(name)) => {
                self.problem(name.place, "datasetName", "it is for a new dataset, and dataset names an existing one");
            }
            (Some(_), Some(named), _) => {
                self.problem(named.place, "datasetNamed", "dataset names one already; leave one out");
            }
            (Some(id), ..) => target = target.dataset(self.of_part(Part::Dataset, "dataset", id)),
            (_, Some(name), _) => target = target.dataset_named(self.of_part(Part::Dataset, "datasetNamed", name)),
            (_, _, Some(name)) => target = target.dataset_name(self.of_part(Part::Dataset, "datasetName", name)),
            _ => {}
        }
        for (tag, values) in &form.dataset_tags {
            for value in values {
                target = target.dataset_tag(tag, self.text("datasetTags", value));
            }
        }
        if let Some(format) = self.optional("datasetFormat", form.dataset_format.as_ref()) {
            target = target.dataset_format(format);
        }
        if let Some(enabled) = form.dataset_error_diagnostics {
            target = target.dataset_error_diagnostics(enabled);
        }
        match &form.enable_for_profile {
            Some(enable) if enable.value => {
                self.part(Part::Profile, enable.place);
                Some(target.enable_for_profile())
            }
            _ => Some(target),
        }
    }

    fn new_schema(&mut self, pipeline: &str, member: &str, at: &At<SchemaForm>, class: Option<&str>) -> Option<Target> {
        let form = &at.value;
        self.part(Part::Schema, form.title.as_ref().map_or(at.place, |title| title.place));
        let title = self.optional("title", form.title.as_ref()).unwrap_or_else(|| pipeline.to_owned());
        let class = match (class, &form.class) {
            (Some(_), Some(other)) => {
                self.problem(other.place, "class", format!("{member} has its class; newSchema takes another one"));
                return None;
            }
            (Some(class), None) => class.to_owned(),
            (None, Some(class)) => self.named("class", class, classes::ALL),
            (None, None) => {
                self.problem(at.place, member, "it needs class: NAME");
                return None;
            }
        };
        let mut groups = Vec::new();
        for (index, group) in form.field_groups.iter().enumerate() {
            self.part(Part::FieldGroup(index), group.place);
            groups.push(self.named("fieldGroups", group, field_groups::ALL));
        }
        let mut titles = Vec::new();
        for (index, title) in form.field_groups_titled.iter().enumerate() {
            titles.push(self.of_part(Part::FieldGroup(groups.len() + index), "fieldGroupsTitled", title));
        }
        let mut target = Target::new_schema(title, class).field_groups(groups).field_groups_titled(titles);
        if let Some(own) = &form.own_fields {
            self.part(Part::OwnFields, own.place);
            let group = OwnFields::new(self.text("title", &own.value.title));
            let fields = own.value.fields.iter();
            let group = fields.fold(group, |group, (path, kind)| group.field(path, self.text("fields", kind)));
            target = target.own_fields(group);
        }
        Some(match &form.primary_identity {
            Some(identity) => self.identity(target, identity),
            None => target,
        })
    }

    fn identity(&mut self, target: Target, at: &At<IdentityForm>) -> Target {
        self.part(Part::Identity, at.place);
        let path = self.text("path", &at.value.path);
        target.primary_identity(path, self.text("namespace", &at.value.namespace))
    }

    /// The id of what may be named by a short name.
    fn named(&mut self, member: &str, at: &Text, known: &[(&str, &str)]) -> String {
        let name = self.text(member, at);
        if let Some((_, id)) = known.iter().find(|(short, _)| *short == name) {
            return (*id).to_owned();
        }
        // Ids have other characters as well.
        if name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ' ')) {
            let hint = did_you_mean(&name, known.iter().map(|(short, _)| *short));
            self.problem(at.place, member, format!("\"{name}\" is no short name that is known here, and no id{hint}"));
        }
        name
    }

    fn map(&mut self, builder: PipelineBuilder, form: &MapForm) -> PipelineBuilder {
        match form {
            MapForm::Columns(columns) => {
                columns.iter().enumerate().fold(builder, |builder, (index, (column, path))| {
                    self.part(Part::Entry(index), column.place);
                    builder.map(&column.value, self.text("map", path))
                })
            }
            MapForm::Entries(entries) => {
                entries.iter().enumerate().fold(builder, |builder, (index, entry)| self.entry(builder, index, entry))
            }
        }
    }

    fn entry(&mut self, builder: PipelineBuilder, index: usize, at: &At<EntryForm>) -> PipelineBuilder {
        self.part(Part::Entry(index), at.place);
        let EntryForm { column, expression, constant, to } = &at.value;
        let path = self.text("to", to);
        match (column, expression, constant) {
            (Some(column), None, None) => builder.map(self.text("column", column), path),
            (None, Some(expression), None) => builder.map_expression(self.text("expression", expression), path),
            (None, None, Some(constant)) => builder.map_constant(self.text("constant", constant), path),
            _ => {
                self.problem(at.place, "map", "one of column, expression or constant is needed");
                // So that the field counts as filled.
                builder.map_constant("", path)
            }
        }
    }

    fn schedule(&mut self, form: &ScheduleForm) -> Option<Schedule> {
        let mut schedule = match &form.every {
            None => Schedule::once(),
            Some(every) => {
                let text = self.text("every", every);
                match rhythm(&text) {
                    Ok(schedule) => schedule,
                    Err(problem) => {
                        self.problem(every.place, "every", problem);
                        return None;
                    }
                }
            }
        };
        if let Some(start) = &form.start {
            let text = self.text("start", start);
            // Whether a number is sensible is for the schedule to say.
            let seconds = text.parse().ok().or_else(|| Some(Timestamp::from(&text).unix_millis()?.div_euclid(1_000)));
            match seconds {
                Some(seconds) => schedule = schedule.start_at(seconds),
                None => {
                    let text = format!(
                        "\"{text}\" is no time such as 2026-12-01T06:00:00Z, and no number of seconds since 1970"
                    );
                    self.problem(start.place, "start", text);
                }
            }
        }
        Some(match form.backfill {
            Some(backfill) => schedule.backfill(backfill),
            None => schedule,
        })
    }
}

/// `once`, `15 minutes`, `day`.
fn rhythm(text: &str) -> Result<Schedule, String> {
    let mut words = text.split_whitespace();
    let (number, unit) = match (words.next(), words.next(), words.next()) {
        (Some("once"), None, None) => return Ok(Schedule::once()),
        (Some(unit), None, None) => (1, unit),
        (Some(number), Some(unit), None) => {
            (number.parse().map_err(|_| format!("\"{number}\" in \"{text}\" is no whole number"))?, unit)
        }
        _ => return Err(format!("\"{text}\" is no rhythm such as 15 minutes, hour or 2 days")),
    };
    let singular = unit.strip_suffix('s').unwrap_or(unit);
    match Frequency::KNOWN.iter().find(|known| **known == singular && singular != Frequency::Once.as_str()) {
        Some(known) => Ok(Schedule::new(*known).interval(number)),
        None => {
            let units = Frequency::KNOWN.iter().copied().filter(|known| *known != Frequency::Once.as_str());
            let hint = did_you_mean(singular, units.clone());
            Err(format!("\"{unit}\" in \"{text}\" is none of {}{hint}", units.collect::<Vec<_>>().join(", ")))
        }
    }
}
