//! How much of a caller a person sees: everything, a masked form, or nothing (hotline.md 2.7;
//! REC-06, reports of wrongdoing; REC-14, unrest; PUB-06, names masked).
//!
//! Every function returns a copy; what is stored is never changed. A form is shown to fewer people
//! when the caller asks for confidentiality, reports wrongdoing or is sensitive. Masked data can be
//! revealed for a reason, which is recorded as an event
//! ([`TicketEvent::Revealed`](model::desk::TicketEvent)). Free text is masked where it repeats what
//! the form says about the caller and where it has long numbers. A name that is in the text and not
//! in the form is not recognized.

mod text;

use model::{
    Number,
    desk::{ComplaintTarget, Form, Private, Purpose},
    event::Role,
};

use text::HiddenWords;

/// How much of a caller is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MaskingLevel {
    /// No name, number or place.
    Hidden,
    /// Masked: 王某, `138****5678`, the area alone.
    Masked,
    /// Everything.
    Unmasked,
}

/// The person who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The role in which they look.
    pub role: Role,
    /// Whether they are employed by a contractor (SEAT-07, contractors).
    pub outsourced: bool,
    /// Whether the ticket is their own: they registered it, hold it, or talk with the caller now.
    pub own: bool,
}

/// How confidential a caller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidentiality {
    /// Not confidential.
    Ordinary,
    /// The caller asked that units do not learn who they are (T02).
    Confidential,
    /// The caller reports wrongdoing, or the form is sensitive (unrest, a minor, a secret): only
    /// few roles see the caller.
    Restricted,
}

/// A form as a person sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct MaskedForm {
    /// The copy.
    pub form: Form,
    /// Whether part of it is hidden.
    pub masked: bool,
}

impl Confidentiality {
    /// How confidential the caller of this form is.
    pub fn of(form: &Form) -> Confidentiality {
        if form.purpose == Some(Purpose::Report) || form.sensitive == Some(true) {
            Confidentiality::Restricted
        } else if form.confidential == Some(true) {
            Confidentiality::Confidential
        } else {
            Confidentiality::Ordinary
        }
    }
}

/// How much of a caller with this confidentiality the person sees.
///
/// A contractor's people see a confidential caller unmasked on their own tickets only (SEAT-07,
/// contractors).
pub fn masking_level(viewer: Viewer, confidentiality: Confidentiality) -> MaskingLevel {
    let level = level_of_role(viewer, confidentiality);
    match viewer.outsourced && !viewer.own && confidentiality != Confidentiality::Ordinary {
        true => level.min(MaskingLevel::Masked),
        false => level,
    }
}

fn level_of_role(viewer: Viewer, confidentiality: Confidentiality) -> MaskingLevel {
    match viewer.role {
        // These roles speak with the caller or are responsible for all tickets.
        Role::Callback
        | Role::Dispatcher
        | Role::SupGroup
        | Role::Director
        | Role::Leader
        | Role::GovSupervision => MaskingLevel::Unmasked,
        Role::Agent | Role::Supervisor => match confidentiality {
            Confidentiality::Restricted if !viewer.own => MaskingLevel::Masked,
            _ => MaskingLevel::Unmasked,
        },
        Role::Liaison => match confidentiality {
            Confidentiality::Ordinary => MaskingLevel::Unmasked,
            Confidentiality::Confidential | Confidentiality::Restricted => MaskingLevel::Masked,
        },
        Role::Qa
        | Role::UnitHead
        | Role::Discipline
        | Role::Grid
        | Role::Auditor
        | Role::Archivist => MaskingLevel::Masked,
        // The admin runs the engine and sees no citizen's data (三员分立).
        Role::Admin | Role::Media | Role::Vendor | Role::Platform => MaskingLevel::Hidden,
    }
}

/// The form as this person sees it.
pub fn form(form: &Form, viewer: Viewer) -> MaskedForm {
    form_at(form, masking_level(viewer, Confidentiality::of(form)))
}

/// The form at this masking level.
pub fn form_at(form: &Form, level: MaskingLevel) -> MaskedForm {
    let mut copy = form.clone();
    if level == MaskingLevel::Unmasked {
        return MaskedForm { form: copy, masked: false };
    }
    let hidden = HiddenWords::of(form);
    for text in texts(&mut copy).into_iter().flatten() {
        *text = hidden.scrub(text);
    }
    copy.spot = None;
    copy.address = None;
    // A photograph or a letter may show its sender.
    copy.attachments = None;
    let whole = std::mem::take(&mut copy.name);
    match level {
        MaskingLevel::Masked => {
            copy.name = whole.map(|whole| Private::new(name(whole.reveal())));
            copy.employer = copy.employer.filter(|it| !it.is_empty()).map(|_| Private::new(HIDDEN));
            copy.contact = copy.contact.as_ref().map(number);
            copy.contact_alt = copy.contact_alt.as_ref().map(number);
        }
        _ => {
            (copy.employer, copy.contact, copy.contact_alt) = (None, None, None);
            copy.against = copy.against.map(|ComplaintTarget { name: whole, unit }| {
                ComplaintTarget { name: Private::new(name(whole.reveal())), unit }
            });
            copy.foreign = None;
        }
    }
    let masked = copy != *form;
    MaskedForm { form: copy, masked }
}

/// The form as it may be published, without anything that identifies the caller (PUB-06, names
/// masked). `None`: the form is confidential, reports wrongdoing or is sensitive, and is never
/// published.
pub fn for_publication(form: &Form) -> Option<Form> {
    if Confidentiality::of(form) != Confidentiality::Ordinary {
        return None;
    }
    let name = form.name.as_ref().map(|whole| Private::new(self::name(whole.reveal())));
    let mut seen = form_at(form, MaskingLevel::Hidden).form;
    seen.name = name;
    // How the caller sounded and what they told about their life is confidential.
    (seen.emotion_in, seen.emotion_out, seen.change_since_last) = (None, None, None);
    Some(seen)
}

/// A text about the form, as it may be published: without what the form says of the caller.
pub fn text_for_publication(form: &Form, text: &str) -> String {
    HiddenWords::of(form).scrub(text)
}

/// A caller's number at this masking level: `138****5678` when masked.
pub fn number_at(whole: &Number, level: MaskingLevel) -> Number {
    match level {
        MaskingLevel::Unmasked => whole.clone(),
        MaskingLevel::Masked => number(whole),
        MaskingLevel::Hidden => Number::default(),
    }
}

/// The number as it is shown masked ([`Number::masked`]).
pub fn number(whole: &Number) -> Number {
    Number::new(&whole.masked())
}

/// The surname and 某, such as 王某 or 欧阳某; of a name in Latin letters the first letter.
///
/// A form has no gender, so 先生 or 女士 is not added.
pub fn name(whole: &str) -> String {
    let whole = whole.trim();
    let Some(first) = whole.chars().next() else { return String::new() };
    if first.is_ascii() {
        return format!("{first}{HIDDEN}");
    }
    let two: String = whole.chars().take(2).collect();
    let compound = whole.chars().count() > 2 && COMPOUND_SURNAMES.contains(&two.as_str());
    if compound { format!("{two}某") } else { format!("{first}某") }
}
fn texts(form: &mut Form) -> [Option<&mut String>; 6] {
    [
        form.title.as_mut(),
        form.content.as_mut(),
        form.summary.as_mut(),
        form.change_since_last.as_mut(),
        form.suggestion.as_mut(),
        form.recurrence.as_mut(),
    ]
}
const HIDDEN: &str = "***";
/// The compound surnames in common use; 百家姓 has some sixty.
const COMPOUND_SURNAMES: [&str; 16] = [
    "欧阳", "司马", "上官", "诸葛", "夏侯", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒", "端木",
    "东方", "南宫", "长孙", "宇文",
];
#[cfg(test)]
mod tests {
    use super::*;

    fn demand() -> Form {
        Form {
            name: Some(Private::new("王小明")),
            employer: Some(Private::new("第三机械厂")),
            contact: Some(Number::new("13812345678")),
            contact_alt: Some(Number::new("62345678")),
            area: Some("410102".into()),
            address: Some(Private::new("棉纺路3号院5号楼")),
            content: Some(
                "王小明称棉纺路3号院5号楼停电两天,身份证41010219800101123X,回电13812345678,12345已登记"
                    .into(),
            ),
            ..Form::default()
        }
    }

    fn by(role: Role) -> Viewer {
        Viewer { role, outsourced: false, own: false }
    }

    /// The expected levels role by role, for ordinary, confidential and few (hotline.md 2.7).
    #[test]
    fn every_role_sees_callers_as_hotline_md_2_7_says() {
        use MaskingLevel::{Hidden, Masked, Unmasked};
        for role in Role::ALL {
            let levels = [
                Confidentiality::Ordinary,
                Confidentiality::Confidential,
                Confidentiality::Restricted,
            ]
            .map(|confidentiality| masking_level(by(*role), confidentiality));
            let expected = match role.as_str() {
                "callback" | "dispatcher" | "sup_group" | "director" | "leader"
                | "gov_supervision" => [Unmasked, Unmasked, Unmasked],
                "agent" | "supervisor" => [Unmasked, Unmasked, Masked],
                "liaison" => [Unmasked, Masked, Masked],
                "admin" | "media" | "vendor" | "platform" => [Hidden; 3],
                _ => [Masked; 3],
            };
            assert_eq!(levels, expected, "{role:?}");
            // The table of rights agrees.
            assert_eq!(
                crate::rights::has_right(*role, crate::rights::Right::WholeNumbers),
                levels[1] == Unmasked,
                "{role:?}"
            );
        }
    }

    #[test]
    fn report_of_wrongdoing_is_whole_for_its_agent_and_few_roles() {
        let report = Form { purpose: Some(Purpose::Report), ..demand() };
        assert!(form(&report, by(Role::Agent)).masked);
        assert!(!form(&report, Viewer { own: true, ..by(Role::Agent) }).masked);
        assert!(!form(&report, by(Role::Dispatcher)).masked);
        let contractor = Viewer { outsourced: true, ..by(Role::Callback) };
        assert!(form(&report, contractor).masked);
        assert!(!form(&demand(), contractor).masked);
        let sensitive = Form { sensitive: Some(true), ..demand() };
        assert!(form(&sensitive, by(Role::Supervisor)).masked);
    }

    #[test]
    fn contractors_people_see_confidential_callers_on_their_own_tickets_only() {
        for role in Role::ALL {
            for confidentiality in [Confidentiality::Confidential, Confidentiality::Restricted] {
                let viewer = Viewer { outsourced: true, ..by(*role) };
                assert!(masking_level(viewer, confidentiality) <= MaskingLevel::Masked, "{role:?}");
                let own = Viewer { own: true, ..viewer };
                assert_eq!(
                    masking_level(own, confidentiality),
                    level_of_role(own, confidentiality),
                    "{role:?}"
                );
            }
            let viewer = Viewer { outsourced: true, ..by(*role) };
            let of_house = masking_level(by(*role), Confidentiality::Ordinary);
            assert_eq!(masking_level(viewer, Confidentiality::Ordinary), of_house, "{role:?}");
        }
        let own = Viewer { outsourced: true, own: true, ..by(Role::Agent) };
        assert_eq!(masking_level(own, Confidentiality::Confidential), MaskingLevel::Unmasked);
    }

    #[test]
    fn masked_form_keeps_the_matter_and_hides_the_caller() {
        let MaskedForm { form, masked } = form(&demand(), by(Role::UnitHead));
        assert!(masked);
        let text = |private: &Option<Private>| private.as_ref().map(|p| p.reveal().to_owned());
        assert_eq!(text(&form.name).as_deref(), Some("王某"));
        assert_eq!(text(&form.employer).as_deref(), Some("***"));
        let reveal = |number: &Option<Number>| number.as_ref().map(|n| n.reveal().to_owned());
        assert_eq!(reveal(&form.contact).as_deref(), Some("138****5678"));
        assert_eq!(reveal(&form.contact_alt).as_deref(), Some("****78"));
        assert_eq!((form.address, form.area), (None, Some("410102".into())));
        assert_eq!(
            form.content.as_deref(),
            Some("王某称***停电两天,身份证410****123X,回电138****5678,12345已登记")
        );
    }

    #[test]
    fn reporter_sees_neither_caller_nor_person_complained_about() {
        let against = ComplaintTarget { name: Private::new("张老板"), unit: None };
        let seen = form(&Form { against: Some(against), ..demand() }, by(Role::Media)).form;
        assert_eq!((&seen.name, &seen.contact, &seen.address), (&None, &None, &None));
        assert_eq!(seen.against.map(|a| a.name.reveal().to_owned()).as_deref(), Some("张某"));
        assert!(!seen.content.is_some_and(|text| text.contains("小明")));
    }

    #[test]
    fn published_form_has_a_surname_and_no_place() {
        let published = for_publication(&demand()).map(|form| (form.name, form.address));
        assert_eq!(published, Some((Some(Private::new("王某")), None)));
        for secret in [
            Form { confidential: Some(true), ..demand() },
            Form { purpose: Some(Purpose::Report), ..demand() },
            Form { sensitive: Some(true), ..demand() },
        ] {
            assert_eq!(for_publication(&secret), None);
        }
    }

    #[test]
    fn form_without_personal_data_is_not_masked() {
        let anonymous = Form { title: Some("路灯不亮".into()), ..Form::default() };
        assert!(!form(&anonymous, by(Role::UnitHead)).masked);
    }

    #[test]
    fn names_keep_their_surname() {
        for (whole, shown) in [
            ("王小明", "王某"),
            ("王", "王某"),
            ("欧阳修远", "欧阳某"),
            ("欧阳", "欧某"),
            ("John Smith", "J***"),
            ("", ""),
        ] {
            assert_eq!(name(whole), shown);
        }
        for (whole, shown) in [
            ("13812345678", "138****5678"),
            ("+8613812345678", "138****5678"),
            ("62345678", "****78"),
            ("12345", "12345"),
            ("", ""),
        ] {
            assert_eq!(number(&Number::new(whole)).reveal(), shown);
        }
    }
}
