//! Drives the emulator over HTTP as a client would, service by service.

mod admin;
mod batch_uploads;
mod batches;
mod catalog;
mod connections;
mod data_access;
mod data_prep;
mod drafts;
mod flow_lists;
mod flow_searches;
mod flows;
mod gateway;
mod harness;
mod inlets;
mod landing_zone;
mod registry;
mod registry_extras;
mod registry_resources;
mod run_requests;
mod runs;
mod sandboxes;
mod sources;
mod support;
mod tutorials;
mod written_specs;
