//! Lays translations over what they translate; what they leave out stays.
//!
//! Only texts are ever replaced, and only where there is one: a translation can
//! neither add a fact nor take one away.

use super::*;
use crate::notice::{
    Amendment, Behind, BrownoutLength, Catalogue, Channels, Check, Contact, Date, Dates, Former,
    Locale, Notice, Program, ProgramSettings, TestEndpoint, Timetable,
};
use std::borrow::Cow;
use std::hash::Hash;

impl Program {
    /// The notice and its program as readers of `locale` get them: with the
    /// texts of that locale, then those of its language, then the default ones.
    ///
    /// A program given in another language holds no notices and no further
    /// translations: it is for showing this notice, not for publishing.
    pub fn in_locale<'a>(
        &'a self,
        notice: &'a Notice,
        locale: &Locale,
    ) -> (Cow<'a, Program>, Cow<'a, Notice>) {
        let program = self.head_in_locale(locale);
        let inherits_contact = notice.contact == self.settings.contact;
        let inherited = inherits_contact && program.settings.contact != self.settings.contact;
        let mut own = locale.and_language().into_iter().filter_map(|l| notice.translations.get(&l));
        let Some(first) = own.next() else {
            if !inherited {
                return (program, Cow::Borrowed(notice));
            }
            let contact = program.settings.contact.clone();
            return (program, Cow::Owned(Notice { contact, ..notice.clone() }));
        };
        let mut translated = Notice { translations: IndexMap::new(), ..notice.clone() };
        if inherited {
            translated.contact = program.settings.contact.clone();
        }
        first.lay_over(&mut translated);
        own.for_each(|texts| texts.lay_over(&mut translated));
        (program, Cow::Owned(translated))
    }

    /// The program without its notices, as readers of `locale` get it.
    pub fn head_in_locale(&self, locale: &Locale) -> Cow<'_, Program> {
        let own = locale.and_language().into_iter().filter_map(|l| self.translations.get(&l));
        let own: Vec<_> = own.collect();
        if own.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut program = Program {
            id: self.id.clone(),
            settings: self.settings.clone(),
            catalogue: self.catalogue.clone(),
            notices: IndexMap::new(),
            translations: IndexMap::new(),
        };
        for texts in own {
            texts.settings.lay_over(&mut program.settings);
            texts.catalogue.lay_over(&mut program.catalogue);
        }
        Cow::Owned(program)
    }
}

fn replace<T: Clone>(target: &mut T, own: &Option<T>) {
    if let Some(own) = own {
        target.clone_from(own);
    }
}

fn replace_said<T: Clone>(target: &mut Option<T>, own: &Option<T>) {
    if let Some(said) = target {
        replace(said, own);
    }
}

fn name(date: &mut Date, own: &DateText) {
    if own.label.is_some() {
        date.label.clone_from(&own.label);
    }
}

fn name_said(date: &mut Option<Date>, own: &DateText) {
    if let Some(date) = date {
        name(date, own);
    }
}

fn each<T, O>(targets: &mut [T], own: &Listed<O>, lay: impl Fn(&mut T, &O)) {
    for (target, own) in targets.iter_mut().zip(own) {
        if let Some(own) = own {
            lay(target, own);
        }
    }
}

/// The same by name; a name that is not known was refused by `check`.
fn each_of<K: Hash + Eq, T, O>(
    targets: &mut IndexMap<K, T>,
    own: &IndexMap<K, O>,
    lay: impl Fn(&mut T, &O),
) {
    for (id, own) in own {
        if let Some(target) = targets.get_mut(id) {
            lay(target, own);
        }
    }
}

fn each_text<T: Clone>(targets: &mut [T], own: &Listed<T>) {
    each(targets, own, T::clone_from);
}

impl SettingsTexts {
    fn lay_over(&self, settings: &mut ProgramSettings) {
        replace(&mut settings.title, &self.title);
        replace(&mut settings.office.name, &self.office.name);
        replace_said(&mut settings.office.greeting, &self.office.greeting);
        replace_said(&mut settings.office.closing, &self.office.closing);
        self.contact.lay_over(&mut settings.contact);
    }
}

impl ContactTexts {
    fn lay_over(&self, contact: &mut Contact) {
        replace_said(&mut contact.text, &self.text);
    }
}

impl DescribedText {
    fn lay_over(&self, title: &mut String, description: &mut Option<String>) {
        replace(title, &self.title);
        replace_said(description, &self.description);
    }
}

impl CatalogueTexts {
    fn lay_over(&self, catalogue: &mut Catalogue) {
        each_of(&mut catalogue.environments, &self.environments, |known, own| {
            replace(&mut known.title, &own.title);
        });
        each_of(&mut catalogue.apis, &self.apis, |known, own| {
            own.lay_over(&mut known.title, &mut known.description);
        });
        each_of(&mut catalogue.groups, &self.groups, |known, own| {
            replace(&mut known.title, &own.title);
        });
        each_of(&mut catalogue.cohorts, &self.cohorts, |known, own| {
            own.lay_over(&mut known.title, &mut known.description);
        });
    }
}

impl NoticeTexts {
    fn lay_over(&self, notice: &mut Notice) {
        replace(&mut notice.title, &self.title);
        name(&mut notice.announced, &self.announced);
        each_text(&mut notice.ends, &self.ends);
        each_text(&mut notice.needs, &self.needs);
        self.behind.lay_over(&mut notice.behind);
        replace(&mut notice.summary, &self.summary);
        replace_said(&mut notice.affected, &self.affected);
        each(&mut notice.steps, &self.steps, |step, own| {
            replace(&mut step.text, &own.text);
            each_text(&mut step.platforms, &own.platforms);
        });
        each(&mut notice.checks, &self.checks, |check, own| own.lay_over(check));
        each(&mut notice.questions, &self.questions, |question, own| {
            replace(&mut question.question, &own.question);
            replace(&mut question.answer, &own.answer);
        });
        each(&mut notice.timeline, &self.timeline, |entry, own| {
            replace(&mut entry.version, &own.version);
            name_said(&mut entry.since, &own.since);
            replace_said(&mut entry.note, &own.note);
        });
        each(&mut notice.references, &self.references, |link, own| {
            replace(&mut link.title, &own.title);
        });
        self.contact.lay_over(&mut notice.contact);
        if let Some(unaffected) = &mut notice.unaffected {
            replace_said(&mut unaffected.text, &self.unaffected.text);
        }
        each_of(&mut notice.test_endpoints, &self.test_endpoints, |endpoint, own| {
            own.lay_over(endpoint);
        });
        self.schedule.lay_over(&mut notice.schedule);
        each(&mut notice.amendments, &self.amendments, |amendment, own| own.lay_over(amendment));
        replace_said(&mut notice.audience.text, &self.audience.text);
        self.channels.lay_over(&mut notice.channels);
    }
}

impl BehindTexts {
    fn lay_over(&self, behind: &mut Behind) {
        if let Some(provider) = &mut behind.provider {
            replace(&mut provider.name, &self.provider.name);
            replace_said(&mut provider.service, &self.provider.service);
            replace_said(&mut provider.text, &self.provider.text);
        }
        each(&mut behind.regulations, &self.regulations, |regulation, own| {
            replace(&mut regulation.name, &own.name);
            replace_said(&mut regulation.body, &own.body);
            name_said(&mut regulation.since, &own.since);
            replace_said(&mut regulation.text, &own.text);
        });
    }
}

impl CheckTexts {
    fn lay_over(&self, check: &mut Check) {
        replace(&mut check.title, &self.title);
        replace_said(&mut check.text, &self.text);
        if let Some(link) = &mut check.link {
            replace(&mut link.title, &self.link.title);
        }
        each(&mut check.samples, &self.samples, |sample, own| {
            replace_said(&mut sample.title, &own.title);
        });
        replace_said(&mut check.passes, &self.passes);
        replace_said(&mut check.fails, &self.fails);
    }
}

impl EndpointTexts {
    fn lay_over(&self, endpoint: &mut TestEndpoint) {
        replace_said(&mut endpoint.text, &self.text);
        each_text(&mut endpoint.accepts, &self.accepts);
        name_said(&mut endpoint.opens, &self.opens);
        name_said(&mut endpoint.closes, &self.closes);
        each_text(&mut endpoint.caveats, &self.caveats);
    }
}

impl ScheduleTexts {
    fn lay_over(&self, schedule: &mut Timetable) {
        replace_said(&mut schedule.text, &self.text);
        let general = schedule.general.clone();
        self.name_dates(&mut schedule.general);
        let translated = &schedule.general;
        for (id, row) in &mut schedule.rows {
            // A row that inherited a date inherits its name in this language too.
            inherit(&mut row.dates.deprecation, &general.deprecation, &translated.deprecation);
            inherit(&mut row.dates.cutoff, &general.cutoff, &translated.cutoff);
            inherit(&mut row.dates.complete, &general.complete, &translated.complete);
            inherit(&mut row.dates.enforced, &general.enforced, &translated.enforced);
            let Some(own) = self.rows.get(id) else { continue };
            name_said(&mut row.dates.deprecation, &own.deprecation);
            name_said(&mut row.dates.cutoff, &own.cutoff);
            name_said(&mut row.dates.complete, &own.complete);
            name_said(&mut row.dates.enforced, &own.enforced);
            replace_said(&mut row.note, &own.note);
            if let Some(out) = &mut row.opt_out {
                replace(&mut out.text, &own.opt_out.text);
                name_said(&mut out.by, &own.opt_out.by);
            }
        }
        each_of(&mut schedule.brownouts, &self.brownouts, |brownout, own| {
            name(&mut brownout.start, &own.start);
            if let BrownoutLength::End(end) = &mut brownout.length {
                name(end, &own.end);
            }
            replace_said(&mut brownout.note, &own.note);
        });
    }

    fn name_dates(&self, dates: &mut Dates) {
        name_said(&mut dates.deprecation, &self.deprecation);
        name_said(&mut dates.cutoff, &self.cutoff);
        name_said(&mut dates.complete, &self.complete);
        name_said(&mut dates.enforced, &self.enforced);
    }
}

fn inherit(date: &mut Option<Date>, general: &Option<Date>, translated: &Option<Date>) {
    if date == general {
        date.clone_from(translated);
    }
}

impl AmendmentTexts {
    fn lay_over(&self, amendment: &mut Amendment) {
        name(&mut amendment.date, &self.date);
        replace_said(&mut amendment.reason, &self.reason);
        if let Former::Values(former) = &mut amendment.former {
            name_said(&mut former.deprecation, &self.former.deprecation);
            name_said(&mut former.cutoff, &self.former.cutoff);
            name_said(&mut former.complete, &self.former.complete);
            replace_said(&mut former.text, &self.former.text);
        }
    }
}

impl ChannelTexts {
    fn lay_over(&self, channels: &mut Channels) {
        if let Some(mail) = &mut channels.mail {
            replace_said(&mut mail.subject, &self.mail.subject);
        }
        if let Some(post) = &mut channels.post {
            replace_said(&mut post.excerpt, &self.post.excerpt);
        }
    }
}
