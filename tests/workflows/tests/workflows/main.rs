//! Pipelines on the local platform: what is made, in how many calls, and what is left when something is wrong.

mod adopting;
mod applying;
mod bad_input;
mod batches;
mod calls;
mod crashes;
mod credentials;
mod demo;
mod existing_target;
mod failures;
mod fault_matrix;
mod faults;
mod flow_handle;
mod hints;
mod load;
mod lost_answers;
mod planning;
mod programs;
mod requests;
mod running_again;
mod services;
mod sources;
mod support;
mod updating;
