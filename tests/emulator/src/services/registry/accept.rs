//! The rules for the registry's Accept header.

use crate::answer::Refusal;
use crate::call::Call;
use crate::services::registry::errors;

/// What a look-up asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// `$ref` and `allOf` are resolved.
    pub(super) full: bool,
    /// Titles and descriptions are left out.
    pub(super) no_text: bool,
    /// Descriptors are shown with the fields.
    pub(super) descriptors: bool,
    /// Fields that descriptors declare deprecated are marked.
    pub(super) deprecations: bool,
    /// Fields are listed by their path.
    pub(super) flat: bool,
    /// Major version.
    pub(super) version: u32,
}

/// What a list of resources shows of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListForm {
    /// Ids, title and version.
    Ids,
    /// The whole resource.
    Whole,
}

/// What a list of descriptors shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DescriptorForm {
    /// Ids, paths or whole objects.
    pub(super) shown: Shown,
    /// The form that comes in pages.
    pub(super) paged: bool,
}

/// How a descriptor is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// Its id.
    Id,
    /// Its path.
    Link,
    /// The object.
    Whole,
}

/// The middle part of `application/vnd.adobe.…+json`, and the version.
fn split(accept: &str) -> Option<(&str, Option<&str>)> {
    let (media_type, parameters) = accept.split_once(';').map_or((accept, ""), |(media, rest)| (media, rest));
    let middle = media_type.trim().strip_prefix("application/vnd.adobe.")?.strip_suffix("+json")?;
    let version = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("version="));
    Some((middle, version.map(str::trim)))
}

fn header(call: &Call) -> String {
    call.header("accept").map_or_else(String::new, |value| value.trim().to_owned())
}

/// `xed` and `xdm` mean the same, but for descriptors.
fn suffix(middle: &str) -> Option<&str> {
    middle.strip_prefix("xed").or_else(|| middle.strip_prefix("xdm"))
}

/// The major version of `1` or `1.0`; the newest minor one is given, whichever is asked for.
fn major(version: &str) -> Option<u32> {
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    minor.parse::<u32>().ok()?;
    major.parse().ok()
}

/// The Accept header of a list.
pub(super) fn list(call: &Call) -> Result<ListForm, Refusal> {
    let sent = header(call);
    match split(&sent).map(|(middle, version)| (suffix(middle), version)) {
        Some((Some("-id"), None)) => Ok(ListForm::Ids),
        Some((Some(""), None)) => Ok(ListForm::Whole),
        _ => Err(errors::accept(1006, &sent, "application/vnd.adobe.xed-id+json, without a version")),
    }
}

/// The Accept header of a look-up.
pub(super) fn look_up(call: &Call) -> Result<Form, Refusal> {
    let sent = header(call);
    let refusal = || errors::accept(1007, &sent, "application/vnd.adobe.xed+json; version=1");
    let (middle, version) = split(&sent).ok_or_else(refusal)?;
    let version = version.and_then(major).ok_or_else(refusal)?;
    let plain = Form { full: false, no_text: false, descriptors: false, deprecations: false, flat: false, version };
    let full = Form { full: true, ..plain };
    match suffix(middle).ok_or_else(refusal)? {
        "" => Ok(plain),
        "-full" => Ok(full),
        "-notext" => Ok(Form { no_text: true, ..plain }),
        "-full-notext" => Ok(Form { no_text: true, ..full }),
        "-full-desc" => Ok(Form { descriptors: true, ..full }),
        "-full-flat" => Ok(Form { flat: true, ..full }),
        "-full-deprecated" | "-deprecatefield" => Ok(Form { deprecations: true, ..full }),
        _ => Err(refusal()),
    }
}

/// The Accept header of the look-up of a descriptor, which needs none.
pub(super) fn descriptor(call: &Call) -> Result<(), Refusal> {
    let sent = header(call);
    match split(&sent) {
        Some((middle, _)) if middle.starts_with("xed") => {
            Err(errors::accept(1009, &sent, "application/vnd.adobe.xdm+json, or is not there"))
        }
        _ => Ok(()),
    }
}

/// The Accept header of a list of descriptors.
pub(super) fn descriptors(call: &Call) -> Result<DescriptorForm, Refusal> {
    let sent = header(call);
    let form = |shown, paged| Ok(DescriptorForm { shown, paged });
    match split(&sent) {
        Some(("xdm", None)) => form(Shown::Whole, false),
        Some(("xdm-id", None)) => form(Shown::Id, false),
        Some(("xdm-link", None)) => form(Shown::Link, false),
        Some(("xdm-v2", None)) => form(Shown::Whole, true),
        Some(("xdm-v2-id", None)) => form(Shown::Id, true),
        Some(("xdm-v2-link", None)) => form(Shown::Link, true),
        _ => Err(errors::accept(1008, &sent, "application/vnd.adobe.xdm+json")),
    }
}
