//! The XDM that programs fill in: every example of the schemas is valid, and what is wrong is refused with its place and rule.

mod schemas;
mod wrong;
