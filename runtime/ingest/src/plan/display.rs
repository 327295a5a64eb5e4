//! A plan for people and for programs.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::{Action, Plan};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Pipeline \"{}\" in sandbox {}", self.definition.name, self.clients.sandbox.name())?;
        let width = self.steps.iter().map(|step| step.name.chars().count()).max().unwrap_or_default();
        for step in &self.steps {
            let sign = match step.action {
                Action::Create => '+',
                Action::Use => '=',
                Action::Adopt => '@',
                Action::Change => '~',
            };
            let mut line = format!("  {sign} {:<18} {:<width$}  {}", step.step, step.name, step.detail);
            for (index, difference) in step.differences.iter().enumerate() {
                line += if index == 0 { "; " } else { ", " };
                line += &difference.to_string();
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        write!(
            f,
            "{} to create, {} to use, {} to change.",
            self.count(Action::Create),
            self.count(Action::Use),
            self.count(Action::Change)
        )?;
        let adopted = self.count(Action::Adopt);
        if adopted > 0 {
            write!(f, " {adopted} found from before, to adopt.")?;
        }
        let chain = self.chain();
        let names: Vec<_> = chain.iter().map(|step| step.as_str()).collect();
        if chain.is_empty() {
            return write!(f, " Nothing is left to do.");
        }
        write!(f, " {} calls must follow one another ({}).", chain.len(), names.join(", "))
    }
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut plan = serializer.serialize_struct("Plan", 8)?;
        plan.serialize_field("pipeline", &self.definition.name)?;
        plan.serialize_field("sandbox", self.clients.sandbox.name())?;
        plan.serialize_field("steps", &self.steps)?;
        plan.serialize_field("create", &self.count(Action::Create))?;
        plan.serialize_field("use", &self.count(Action::Use))?;
        plan.serialize_field("adopt", &self.count(Action::Adopt))?;
        plan.serialize_field("change", &self.count(Action::Change))?;
        plan.serialize_field("chain", &self.chain())?;
        plan.end()
    }
}
