//! Ids of standard XDM resources that pipelines name often.

/// Classes.
pub mod classes {
    /// XDM Individual Profile: attributes of a person.
    pub const INDIVIDUAL_PROFILE: &str = "https://ns.adobe.com/xdm/context/profile";
    /// XDM ExperienceEvent: something that happened at a point in time.
    pub const EXPERIENCE_EVENT: &str = "https://ns.adobe.com/xdm/context/experienceevent";
}

/// Field groups.
pub mod field_groups {
    /// Demographic Details: name, date of birth, gender of a person.
    pub const DEMOGRAPHIC_DETAILS: &str = "https://ns.adobe.com/xdm/context/profile-person-details";
    /// Personal Contact Details: address, e-mail address and telephone number at home.
    pub const PERSONAL_CONTACT_DETAILS: &str = "https://ns.adobe.com/xdm/context/profile-personal-details";
}
