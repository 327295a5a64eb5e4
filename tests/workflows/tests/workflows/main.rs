//! Pipelines on the local platform: what is made, in how many calls, and what is left when something is wrong.

mod applying;
mod bad_input;
mod batches;
mod calls;
mod credentials;
mod demo;
mod existing_target;
mod failures;
mod fault_matrix;
mod faults;
mod flow_handle;
mod hints;
mod load;
mod new_base_connection;
mod planning;
mod programs;
mod requests;
mod services;
mod source_families;
mod sources;
mod streams;
mod support;
mod updating;
mod wrong_sources;
