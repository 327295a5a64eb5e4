//! The texts that requests are made of.

pub(crate) const FLOW: &str = "7d0c1b5e-93a4-4f28-8e6b-20f5a1c7d948";
pub(crate) const SOURCE: &str = "6c18e5d2-0b47-4f9a-a3c1-57d2e98b4f03";
pub(crate) const TARGET: &str = "e4a93b70-7d16-4c85-92fb-1b8c06d5a7e2";
pub(crate) const FLOW_SPEC: &str = "14518937-270c-4525-bdec-c2ba7cce3860";
pub(crate) const MAPPING: &str = "5f1c8e2a7b3d4960a4e7d2c9b8f60137";
pub(crate) const NAME: &str = "Acme contacts";
pub(crate) const DESCRIPTION: &str = "CRM contacts, every hour";
