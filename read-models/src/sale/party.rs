//! Registered companies and contacts, version by version (SO-F14, SO-F15, SK-6). Each fact carries all there is to know, so
//! a version follows from its fact and from whether it is the first of its stream.

use events::{Company, CompanyEvent, Contact, ContactEvent};
use uuid::Uuid;

/// A company at one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CompanyVersion {
    pub company_id: Uuid,
    pub company: Company,
}

/// A contact at one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ContactVersion {
    pub contact_id: Uuid,
    pub contact: Contact,
}

/// The company after `fact`, which made `version` of the stream, or what is wrong with the stream.
pub(super) fn company(
    company_id: Uuid,
    version: i64,
    fact: &CompanyEvent,
) -> Result<CompanyVersion, &'static str> {
    let follows = match fact {
        CompanyEvent::Registered(_) => version == 1,
        CompanyEvent::Edited(_) => version > 1,
    };
    let row = || CompanyVersion { company_id, company: fact.company().clone() };
    follows.then(row).ok_or("a company that was never registered, or twice")
}

/// The contact after `fact`, which made `version` of the stream, or what is wrong with the stream.
pub(super) fn contact(
    contact_id: Uuid,
    version: i64,
    fact: &ContactEvent,
) -> Result<ContactVersion, &'static str> {
    let follows = match fact {
        ContactEvent::Registered(_) => version == 1,
        ContactEvent::Edited(_) => version > 1,
    };
    let row = || ContactVersion { contact_id, contact: fact.contact().clone() };
    follows.then(row).ok_or("a contact that was never registered, or twice")
}

#[cfg(test)]
mod tests {
    use events::{CountryCode, EmailAddress, TypeName};

    use super::*;

    fn fjord(country: &str) -> Company {
        Company {
            name: TypeName::parse("Fjord AS").unwrap(),
            category: None,
            business: None,
            country: CountryCode::parse(country).ok(),
        }
    }

    fn per(email: &str) -> Contact {
        Contact {
            name: TypeName::parse("Per").unwrap(),
            company: None,
            email: EmailAddress::parse(email).ok(),
            phone: None,
        }
    }

    #[test]
    fn a_version_is_what_its_fact_says_st_2_sk_6() {
        let registered = CompanyEvent::Registered(fjord("NO"));
        let edited = CompanyEvent::Edited(fjord("NL"));
        let of = |version, fact: &CompanyEvent| company(Uuid::nil(), version, fact);
        assert_eq!(of(1, &registered).unwrap().company, fjord("NO"));
        assert_eq!(of(2, &edited).unwrap().company, fjord("NL"), "nothing is left of before");
        let edited = ContactEvent::Edited(per("per@fjord.no"));
        assert_eq!(contact(Uuid::nil(), 7, &edited).unwrap().contact, per("per@fjord.no"));
    }

    #[test]
    fn a_stream_begins_with_a_registration_and_has_no_other() {
        let (registered, edited) =
            (CompanyEvent::Registered(fjord("NO")), CompanyEvent::Edited(fjord("NO")));
        assert!(company(Uuid::nil(), 1, &edited).is_err());
        assert!(company(Uuid::nil(), 2, &registered).is_err());
        let (registered, edited) =
            (ContactEvent::Registered(per("a@b.no")), ContactEvent::Edited(per("a@b.no")));
        assert!(contact(Uuid::nil(), 1, &edited).is_err());
        assert!(contact(Uuid::nil(), 2, &registered).is_err());
    }
}
