//! Flow specifications, targets and providers as constants.

use heck::ToShoutySnakeCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::catalogue::{Catalogue, FlowSpec, remarks};
use crate::refine::docs;

pub(super) fn module(catalogue: &Catalogue) -> TokenStream {
    let constants = catalogue.flow_specs.iter().map(|spec| constant(catalogue, spec));
    let all = catalogue.flow_specs.iter().map(|spec| format_ident!("{}", spec.constant()));
    let targets = catalogue.targets.values().map(|target| {
        let name = format_ident!("{}_CONNECTION_SPEC_ID", target.constant);
        let id = target.id.as_ref();
        let text = format!("Connection spec id of the target \"{}\".", target.name);
        let doc = docs::attribute(&format!("{text}{}", remarks(false, target.caution.as_deref())));
        quote!(#doc pub const #name: &str = #id;)
    });
    let providers = catalogue.providers.iter().map(|(name, id)| {
        let constant = format_ident!("{}_PROVIDER_ID", name.to_shouty_snake_case());
        let doc = docs::attribute(&format!("Id of the provider that runs {name} flows."));
        quote!(#doc pub const #constant: &str = #id;)
    });
    quote! {
        //! Which kinds of dataflow there are, and what data is written to.

        use super::Connector;

        #(#targets)*
        #(#providers)*

        /// A kind of dataflow: from which sources it leads to which targets, and what it may say.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct FlowSpecification {
            /// Name on the platform.
            pub name: &'static str,
            /// Id on the platform.
            pub id: &'static str,
            /// Its version.
            pub version: &'static str,
            /// Who runs its flows.
            pub provider_id: &'static str,
            /// Names of the transformations that a flow may have.
            pub transformations: &'static [&'static str],
            /// Whether a flow has a schedule.
            pub schedule: bool,
            /// Whether a flow may begin as a draft.
            pub draft: bool,
            /// Whether a flow can be run on demand.
            pub on_demand: bool,
            /// Whether a flow can be changed and deleted, and tells of its runs.
            pub manageable: bool,
            /// Connection spec ids of the targets.
            pub targets: &'static [&'static str],
            /// What is doubtful of this entry.
            pub caution: Option<&'static str>,
        }

        impl FlowSpecification {
            #(#constants)*

            /// Every flow specification of the catalogue.
            pub const ALL: &'static [Self] = &[#(Self::#all),*];

            /// The flow specification with this id.
            pub fn by_id(id: &str) -> Option<&'static Self> {
                Self::ALL.iter().find(|spec| spec.id == id)
            }

            /// The flow specification with this name.
            pub fn by_name(name: &str) -> Option<&'static Self> {
                Self::ALL.iter().find(|spec| spec.name == name)
            }

            /// The connectors whose flows have it or may have it.
            pub fn connectors(&self) -> impl Iterator<Item = &'static Connector> {
                let id = self.id;
                let others = move |connector: &Connector| connector.other_flow_specs.iter().any(|other| other.id == id);
                Connector::ALL.iter().filter(move |connector| connector.flow_spec_id == id || others(connector))
            }
        }
    }
}

fn constant(catalogue: &Catalogue, spec: &FlowSpec) -> TokenStream {
    let FlowSpec { name, id, version, transformations, schedule, draft, on_demand, manageable, .. } = spec;
    let constant = format_ident!("{}", spec.constant());
    let provider = format_ident!("{}_PROVIDER_ID", spec.provider.to_shouty_snake_case());
    let targets = spec.targets.iter().filter_map(|target| catalogue.targets.get(target));
    let targets = targets.map(|target| format_ident!("{}_CONNECTION_SPEC_ID", target.constant));
    let caution = match &spec.caution {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    };
    let doc = docs::attribute(&format!("`{name}` (`{id}`).{}", remarks(false, spec.caution.as_deref())));
    quote! {
        #doc
        pub const #constant: Self = Self {
            name: #name,
            id: #id,
            version: #version,
            provider_id: #provider,
            transformations: &[#(#transformations),*],
            schedule: #schedule,
            draft: #draft,
            on_demand: #on_demand,
            manageable: #manageable,
            targets: &[#(#targets),*],
            caution: #caution,
        };
    }
}
