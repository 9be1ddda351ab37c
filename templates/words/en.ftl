# The fixed words of every channel, in English. Each other list has the same
# messages with the same variables; what a list leaves out is said in English.
# Syntax: https://projectfluent.org

language = English
# After a label, such as "Contact:".
colon = :

## Dates and lengths

range = { $from } to { $to }
not-before = not before { $date }
to-be-announced = to be announced
to-be-announced-by = to be announced by { $date }
in-effect = already in effect
# 2026 Q4, with its first and last month.
quarter = Q{ $quarter } { $year } ({ $first } to { $last })
minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
weeks = { $count ->
    [one] { $count } week
   *[other] { $count } weeks
}
months = { $count ->
    [one] { $count } month
   *[other] { $count } months
}
years = { $count ->
    [one] { $count } year
   *[other] { $count } years
}
every-minutes = { $count ->
    [1] every minute
   *[other] every { $count } minutes
}
every-hours = { $count ->
    [1] every hour
   *[other] every { $count } hours
}
every-days = { $count ->
    [1] every day
   *[other] every { $count } days
}
every-weeks = { $count ->
    [1] every week
   *[other] every { $count } weeks
}
every-months = { $count ->
    [1] every month
   *[other] every { $count } months
}
every-years = { $count ->
    [1] every year
   *[other] every { $count } years
}

## Kinds, stages and states

kind-deprecation = Deprecation
kind-retirement = Retirement
kind-protocol = Protocol change
kind-endpoint = Endpoint change
kind-version = Version change
kind-authentication = Authentication change
stage-test = test
stage-production = production
state-announced = announced
state-deprecated = deprecated
state-brownout = brownout
state-due = due
state-cut-off = cut off
state-paused = paused
state-cancelled = cancelled

## Dated facts

date-deprecation = Deprecated from
date-cutoff = Cutoff
date-complete = Complete by
date-enforced = Enforced
dates = Dates
key-cutoff = Cutoff
key-deprecation = Deprecation
key-enforced = Enforcement
first-cutoff = First cutoff, { $place }
first-deprecation = First deprecation, { $place }
first-enforced = First enforcement, { $place }
last-cutoff = Last cutoff, { $place }
last-deprecation = Last deprecation, { $place }
last-enforced = Last enforcement, { $place }

## The frame of a notice

kind-announced = { $kind }, announced { $date }
announced = announced { $date }
announced-on = Announced { $date }.
write-again = We plan to write again { $lengths } before each cutoff.
hear-again = Subscribers hear again { $lengths } before each cutoff.
read-on-web = Read this notice on the web
notice-on-web = notice on the web
because-you-asked = You get this mail because you asked to hear about changes to { $program }.
change-what-you-hear = Preferences
unsubscribe = Unsubscribe
test-copy = This is a test copy. It was sent to check how the notice looks; nothing has been announced by it.
test-subject = [Test] { $subject }

## Who is affected

who-is-affected = Who is affected
for-you = For you, this concerns { $apis }.
# In place of a recipient's own APIs, where there is no recipient.
all-apis-below = all APIs in the schedule below
not-affected = Not affected
what-ends = What ends
what-is-needed = What is needed instead

## The schedule

what-happens = What happens, when and where
schedule = Schedule
days-begin = Days begin at 00:00 in the time zone { $zone }.
time-zone = Time zone
where = Where
urls = URLs
impacted-apis = Impacted APIs
state = State
apis = APIs
api = API
api-name = API name
about = About
about-apis = About the APIs named above
by-name = { $title }, by name
listed-below = ({ $count }, listed below)
same-as = The same { $count } as under “{ $title }”.
only-for = Only for: { $cohort }
versions = { $count ->
    [one] version { $versions }
   *[other] versions { $versions }
}
opting-out = Opting out
opting-out-by = Opting out, by { $date }
rows-left-out = { $count ->
    [one] One more row does not concern you and is left out here.
   *[other] { $count } more rows do not concern you and are left out here.
}
whole-schedule = The { $notice } has the whole schedule.

## Brownouts

planned-brownouts = Planned brownouts
during-brownouts = During a brownout, requests fail for a while as they will after the cutoff.
rhythm = { $every } from { $start } until { $until }, { $count ->
    [one] once
   *[other] { $count } times
}
for-length = for { $length }
ending = ending { $date }
named-later = The APIs will be named later.
named-later-by = The APIs will be named later, by { $date }.
all-apis-struck = Everything that the schedule lists for it is interrupted.
struck = Struck

## Amendments

changes = What has changed
changes-since = What has changed since the announcement
not-recorded = The former dates were not recorded.
for-places = for { $places }
formerly = formerly { $date }
said-before = said before: { $value }
now = now { $value }
text = Text
amendment-extended = Extended
amendment-advanced = Advanced
amendment-postponed = Postponed
amendment-refined = Refined
amendment-rescheduled = Rescheduled
amendment-rescoped = Rescoped
amendment-paused = Paused
amendment-resumed = Resumed
amendment-cancelled = Cancelled
amendment-corrected = Corrected

## What to do

what-to-do = What to do
what-to-use = What to use instead
no-replacement = there is no replacement.
use = use
or = or
together-with = together with
test-endpoint = Test endpoint
accepts-only = Accepts only { $what }
opens = Opens { $date }
closes = Closes { $date }
careful = Careful
expected = Expected
ready = Ready
not-ready = Not ready

## What clients will see

what-you-will-see = What you will see
client-gets = { $count ->
    [one] A client that is not ready gets this error:
   *[other] A client that is not ready gets one of these errors:
}
client-gets-when = { $count ->
    [one] A client that is not ready gets this error { $when }:
   *[other] A client that is not ready gets one of these errors { $when }:
}
during-brownout = during a brownout
during-cutoff = after the cutoff
during-both = during a brownout and after the cutoff
http-status = HTTP status { $status }
from-apis = from { $apis }

## The rest of the story

questions = Questions and answers
background = Background
who-is-behind = Who is behind the change
what-demands-it = What demands it
in-force = in force: { $date }
versions-and-fate = Versions and their fate
read-more = Read more
contact = Contact
# Each status alone, on a day, in a month or year, and at a vaguer time.
deprecated = Deprecated
deprecated-on = Deprecated on { $date }
deprecated-in = Deprecated in { $date }
deprecated-when = Deprecated: { $date }
retired = Retired
retired-on = Retired on { $date }
retired-in = Retired in { $date }
retired-when = Retired: { $date }
current = Current
current-on = Current since { $date }
current-in = Current since { $date }
current-when = Current since { $date }
planned = Planned
planned-on = Planned for { $date }
planned-in = Planned for { $date }
planned-when = Planned for { $date }

## Reminders and changes

reminder = Reminder
coming-cutoff = The cutoff that was announced is coming: { $date }.
coming-brownout = The first of the planned brownouts is coming: { $date }.
all-on-web = The whole notice on the web
done-ask = Is everything done on your side? Say so, and you get no more reminders of this.
done-say = We are done
done-question = Is this done on your side?
done-means = If so, you get no more reminders of it. Of changes you hear all the same.
done-thanks = Thank you
done-now = You get no more reminders of this.
done-before = You said so before; you get no reminders of this.
done-stands = This stands even if the date moves; of a new date you hear all the same.
done-again = To be reminded again, write to the { $office }.
change = Change
changed-lead = Something that we told you before has changed.
changed-rest = Everything else follows as it stands now.
cancelled-lead = What we announced will not take place. You need do nothing for it.
row-gone = No longer part of this notice
row-new = New
only = Only for
added = added: { $what }
removed = no longer: { $what }
means-paused = The plan rests. The dates no longer hold; we write again when it goes on.
means-resumed = The plan goes on, and these dates hold.
means-cancelled = This will not take place.

## Escalations

escalation = No answer yet
escalation-subject = No answer yet: { $subject }
escalation-lead = { $name } was told on { $day } of a cutoff that is coming: { $date }. Nobody has said yet that all is done, and you are named as second contact.
escalation-apis = It concerns { $apis }.
escalation-done-ask = Is everything done on your side? Say so, and neither you nor { $name } is reminded of this again.
because-second = You get this mail because you are named as second contact of { $name } for changes to { $program }.
escalated-subject = { $silent } of { $told } without an answer: { $subject }
escalated-lead = Of { $told ->
    [one] one recipient who was
   *[other] { $told } recipients who were
} told, { $silent ->
    [one] one has
   *[other] { $silent } have
} not said that all is done.
escalated-written = { $count ->
    [0] No second contact of theirs was written to.
    [one] The second contact of one of them was written to.
   *[other] The second contacts of { $count } of them were written to.
}
escalated-list = Who they are
escalated-then = Where one of them says to be done
escalated-why = You get this mail because escalations of { $program } are sent to this address.

## Drift

drift = Watch
drift-subject = { $count ->
    [one] Not as declared: { $place }
   *[other] Not as declared: { $count } addresses
}
drift-mended-subject = { $count ->
    [one] As declared again: { $place }
   *[other] As declared again: { $count } addresses
}
drift-heading = Not as declared
drift-mended-heading = As declared again
drift-lead = { $count ->
    [one] We asked what you declared, and one address says otherwise.
   *[other] We asked what you declared, and { $count } addresses say otherwise.
}
drift-mended-lead = { $count ->
    [one] One address that differed is as you declared again.
   *[other] { $count } addresses that differed are as you declared again.
}
drift-seen-at = Seen on { $date }.
drift-mended-at = As declared since { $date }.
drift-then = Put the server right; or, if the plan has changed, amend the notice. You hear of it again when this changes, and not before.
drift-office = Everything that is watched
drift-why = You get this mail because what the watch over { $program } finds is sent to this address.

## The weekly digest

announcement = Announcement
digest = Weekly digest
digest-subject = { $count ->
    [one] Weekly digest of { $program }: one notice
   *[other] Weekly digest of { $program }: { $count } notices
}
digest-heading = { $count ->
    [one] News on one notice
   *[other] News on { $count } notices
}
digest-lead = What was announced and changed since your last digest, and what is coming. What could not wait was sent to you at once.
because-you-asked-weekly = You get this mail because you asked for a weekly digest of the changes to { $program }.

## Calendar entries

event = { $what }, { $place }: { $title }
event-deprecation = Deprecated
event-cutoff = Cutoff
event-complete = Cutoff complete
event-enforced = Enforced
event-brownout = Brownout
event-endpoint-opens = Test endpoint opens
event-endpoint-closes = Test endpoint closes

## Pages

deprecation-notices = Deprecation notices
skip = Skip to the content
site = Site
languages = Languages
all-impacted-apis = All impacted APIs
subscribe = Subscribe
dates-as-calendar = Dates as a calendar
news-feed = News feed (Atom)
news-feed-json = News feed (JSON Feed)
on-this-page = On this page
state-since = State since { $date }
state-on = State on { $date }
of-rows = { $count } of { $total } rows

## Badges

badge-no-change = no change
badge-ends = ends { $date }
badge-ends-since = ended { $date }
badge-ends-already = ended
badge-required = required from { $date }
badge-required-since = required since { $date }
badge-required-already = required
badge-undated = date to be announced

## The table and the archive

table-description = Which APIs are affected by announced deprecations and cutoffs, where, and when.
table-lead = Which APIs are affected by announced changes, where, and when.
table-caption = Impacted APIs: when each is cut off, where, and through which notice
table-complete = Complete
table-as-json = This table as JSON
api-description = API description
publication = Publication { $name }
not-understood = Not everything could be understood.
filters = Filters
more-filters = More filters
filters-in-use = Filters in use
remove-filter = Remove the filter
clear-filters = Clear all filters
show = Show
filter-program = Program
filter-environment = Environment
filter-state = State
filter-api = API
filter-url = Host or URL
filter-on = On
filter-within = Cutoff within
filter-sort = Order
filter-group = Group
filter-notice = Notice
field-api = API (wire name)
field-url = Host or URL you call
field-on = States on (00:00 UTC)
all-programs = All programs
all-environments = All environments
any-state = Any state
any-time = Any time
next-stretch = the next { $length }
not-yet-cut-off = Not yet cut off
soonest-first = Cutoff, soonest first
results = { $count ->
    [1] One result
   *[other] { $count } results
}
shown = { $first } to { $last } shown
as-of = as of { $date }
what-changes = What changes
no-cutoff = No cutoff planned
pages = Pages
first-page = Back to the first page
next-page = Next page
nothing-matches = Nothing announced matches all of these filters.
nothing-announced = Nothing is announced at the moment.
did-you-mean = Did you mean { $name }?
everything = see everything
take-away = Take one of the filters above away, or { $everything }. Names of APIs are compared letter by letter, case included.
notices = Notices
notices-description = Every notice, with what ends, what is needed instead, and when.
notices-of = Notices of the { $office }, the latest first.
notices-by-program = Every announced change, by program, the latest first.
ends = Ends
needed = Needed
last-cutoff-of-all = Last cutoff
no-notice = No notice has been published yet.
no-program = No program has been published yet.
impacted-apis-of = The impacted APIs of { $program }

## The timeline

timeline = Timeline
state-from = { $state } from { $date }
and-so-on = and so on
timeline-more = Not every row is drawn; the table has all of them.

## A page per API, and "am I affected?"

api-page-description = What happens to { $api }, where and when.
callable-in = Can be called in
replaced-by = Replaced by
replaced-by-nothing = Nothing
rows-about = { $count ->
    [1] One row names it
   *[other] { $count } rows name it
}
no-row-about = No current notice names this API.
in-the-table = This API in the table
whole-table = All of its rows are in the table
affected-question = Am I affected?
affected-description = Paste the APIs, hosts or URLs you use, and see which of them announced changes affect.
affected-lead = Paste the APIs, hosts or URLs you use. Each gets an answer: affected, not affected or unknown.
affected-label = APIs, hosts or URLs
affected-hint = One a line, or separated by commas or spaces; at most { $count }. User names, passwords and whatever follows a question mark are dropped.
affected-ask = Find out
verdict-affected = Affected
verdict-not-affected = Not affected
verdict-unknown = Unknown
because-named = Current notices name it.
because-not-named = It is declared here, and no current notice names it.
because-cancelled = What was announced about it has been cancelled.
because-not-declared = No program here declares it, so nothing can be said about it.
because-partly-declared = Its host is declared here, but not with this scheme, port or path, so nothing can be said about it.
because-unreadable = This is no API name, host or web address.
entry-not-shown = An entry that is not shown, because it may contain a password
nothing-pasted = Nothing was entered.
pasted-too-many = There are more than { $count } entries. Ask about fewer at once.
pasted-too-long = That is more than { $count } bytes. Ask about less at once.

## Leaving

unsubscribed = Unsubscribed
you-left = You are unsubscribed
left-now = From now on you get no mail about { $program }.
left-before = You already left; you get no mail about { $program }.
page-of-apis = the page of impacted APIs
stays-open = What is announced, and when it happens, stays open to everybody on { $page }.
come-back = Hear about it again
leave = Leave these mails?
leave-means = This ends all mail to you about { $program }: announcements, reminders and changes.
nothing-happened = Nothing has happened yet. Mail about other programs is not touched.

## Subscribing

confirm-subject = Please confirm: mail about { $program }
confirm-kind = Confirmation
confirm-heading = Is this your address?
confirm-asked = Somebody, probably you, asked for mail to this address whenever something changes in { $program }.
confirm-button = See what was asked for and confirm
confirm-then = Nothing is sent before you confirm. The link works for 24 hours.
confirm-else = If it was not you, do nothing: what was asked for is forgotten after a day.
confirm-why = You get this one mail because your address was entered to hear about { $program }.
subscribe-title = Hear about changes
subscribe-lead = Get a mail before something you use is cut off: what is announced, what changes, and a reminder in time.
choose-program = Which program do you use?
other-program = Another program
your-address = Mail address
address-hint = We write to it once and ask whether it is yours.
your-name = Name (optional)
name-hint = For the salutation.
which-apis = Which APIs?
which-environments = Which environments?
which-kinds = Which kinds of notice?
none-is-all = Tick none to hear of all of them.
your-language = Language of the mails
your-zone = Time zone (optional)
zone-hint = Such as { $zone }.
how-often = How often
how-often-hint = The digest waits for its day of the week. What cannot wait, such as a cutoff before that day, comes at once.
frequency-each = Each message as it comes
frequency-weekly = One digest a week
ask-to-subscribe = Send me the link to confirm
what-becomes-of-it = We keep the address for these mails alone. Every mail has a link that ends them, and one that shows, changes and erases what we know of you.
bad-fields = Something has to be put right first
bad-missing = Please fill this in.
bad-address = This is not a mail address, such as name@example.org.
bad-name = At most 100 characters in one line, please.
bad-unknown = There is no “{ $given }” here.
bad-too-many = That is too much at once; choose fewer.
asked-title = Look into your mailbox
asked-lead = If mail can be sent to this address, a link to confirm is on its way. It works for 24 hours.
asked-nothing = No mail? Look among the unwanted ones. We write only once a day, however often you ask.
confirm-title = Confirm what you asked for
confirm-lead = Mail will come to your address about this:
confirm-yes = Yes, write to me
confirm-no = I did not ask for this
nothing-yet = Nothing has happened yet: opening this page changes nothing.
confirmed-title = You are subscribed
confirmed-lead = From now on you hear of this:
confirmed-change = Change or end it
refused-title = Forgotten
refused-lead = What was asked for in your name is gone, and no mail comes of it.
expired-title = This link has expired
expired-lead = It worked for 24 hours, or was replaced by a newer one. Nothing was changed.
ask-again = Ask again
all-apis = all APIs
everywhere = all environments
all-kinds = all kinds of notice

## Preferences

preferences-title = What you hear
preferences-lead = What is sent to { $address }, and all that is known of you. Whoever has this link can change it; do not pass it on.
saved = Saved.
you-hear-no-more = You left: no mail comes about { $program }.
no-programs = You hear of nothing at present.
finer-now = At present it is finer than this form can show; saving replaces it.
save-hearing = Save
leave-program = End mail about { $program }
leave-all = End all mail
leave-all-means = About every program above. What is known of you stays, so that you can come back.
about-you = About you
second-contact = Second contact
second-contact-means = { $address } is named as your second contact. If you do not say in time that all is done, a mail goes there as well.
second-contact-remove = Remove the second contact
your-data = Your data
download-data = Download all that is known of me (JSON)
erase-me = Erase me
erase-means = Your address, name and choices are erased at once, and what was not sent yet never will be. That you left a program is remembered without your address.
erase-sure = I am sure: this cannot be undone
tick-to-erase = Tick the box to erase.
erased-title = You are erased
erased-lead = Nothing is known of you here any more, and no mail comes.
hears-of = { $apis }, { $environments }, { $kinds }

## Webhooks

webhook-title = Webhook
webhook-lead = What is mailed to you can also be sent to a program of yours, as signed JSON (Standard Webhooks).
webhook-url = Address of the webhook
webhook-set = Set the webhook
webhook-remove = Remove the webhook
webhook-renew = New secret
webhook-try = Send a test
webhook-enable = Try it again
webhook-secret-once = What is sent is signed with this secret. It is shown this once:
webhook-old-secret = For 24 hours the secret before signs beside it.
webhook-pending = A challenge is sent to the webhook in a moment; as soon as it gives it back, it is told what is mailed to you.
webhook-active = The webhook is told what is mailed to you.
webhook-disabled = The webhook is not called.
webhook-answered = The last test was accepted.
webhook-test-failed = The last test failed.
webhook-is-refused = It leads to an address that is not called.
webhook-is-unreachable = Nothing answers there, or not in time.
webhook-is-status = It does not answer with a status of 2xx.
webhook-is-challenge = Its answer lacks the challenge.
webhook-is-gone = It answered that it is gone (410).
webhook-is-failing = The calls to it have been failing.
webhook-bad-url = This address cannot be used. Write one that begins with https:// and leads to a public host.
webhook-mail-subject = Your webhook at { $host } was disabled
webhook-mail-heading = Your webhook was disabled
webhook-mail-lead = We do not call your webhook at { $host } any more. You go on hearing by mail.
webhook-mail-then = What waited for it is not sent. Once it works again, have it tried again here:

## Searching, copying, and the reader's own clock

search = Search
search-lead = Search notices, APIs, environments and hosts.
search-label = Words, names or a host
search-nothing = Nothing here matches all of these words.
search-hint = Try fewer words, or the beginning of one. Case and accents make no difference.
found-host = Host
copy = Copy
copied = Copied
there-at = { $moment } in { $zone }
there-from = from { $moment } in { $zone }
zone-label = Your time zone, to show times in as well
zone-drop = Show the office’s times alone
table-as-csv = This table as CSV
form-stale = The form was open for too long, or comes from elsewhere. Nothing was lost: please send it once more.

## Rehearsals

own-host = Let your clients try this host name. It is made for you alone, so what they try there is recorded as yours and shown to you, the failed attempts first.
tried-title = Your rehearsals
tried-lead = What your clients tried at test endpoints, by the host names that are made for you alone: the failed attempts first, then the latest.
tried-preferences = Your clients can rehearse what is coming. Whoever tries one of these host names is you: each is made for you alone.
tried-see = See what your clients tried
tried-nothing = Nothing was tried yet.
tried-is-passes = Passes
tried-is-fails = Fails
tried-is-unclear = Unclear
tried-is-never = Not tried
tried-means-passes = The last attempt that says anything of versions passed.
tried-means-fails = The last attempt that says anything of versions failed.
tried-means-unclear = There were attempts, but none says anything of versions.
tried-means-never = Nobody has tried it by your host name.
tried-offer = Your last attempt passed. If that holds for all of your clients, say that you are done.
tried-offered = Offered
tried-from = From
tried-times = { $count } times since { $date }
tried-up-to = up to { $version }
tried-no-version = nothing that can be read
tried-somewhere = No known test endpoint
tried-more = Further attempts
tried-passed = It passed, with { $version }: after the cutoff nothing changes for this client.
tried-observed = It was taken, with { $version }, which will not be taken after the cutoff. Update its TLS library, or allow it newer versions.
tried-too-old = It offered { $version } at most, which is too old. Update its TLS library, or allow it newer versions.
tried-too-new = It offered nothing older than { $version }, and less is taken here. Allow it an older version as well, or ask the office whether production will take { $version }.
tried-no-shared-cipher = It offered a version that is taken, but no cipher that is. Allow it newer cipher suites, such as ECDHE with AES-GCM.
tried-distrusts-certificate = It does not trust the certificate of the test endpoint: this says nothing about versions. Update its list of certificate authorities, and try again.
tried-plain-http = It spoke HTTP without TLS. Write https:// in its address.
tried-not-tls = What it sent is not TLS. Look up which protocol it is set to speak on this port.
tried-silent = It connected and sent nothing in time. Something on the way, such as a proxy, may hold it up.
tried-broken-off = It broke off before there was an outcome: this says nothing about versions. What it logs itself says more.
tried-unknown-name = The name it asked for is no test endpoint’s: this says nothing about versions. Look up the host name in its address.
tried-not-open = The test endpoint was not open. Try again while it is.
tried-old-hello = It begins as for SSL 2.0, which some servers refuse.
tried-alert-client = It sent the alert { $alert }.
tried-alert-server = It got the alert { $alert }.
rehearsed-passes = Your last attempt passed.
rehearsed-not-yet = No attempt of yours that passed is on record for this. Attempts show up here within a minute.
rehearsed-nothing-told = You were not told of anything here that could be done.

## Rehearsing

rehearsal-passed-title = Your client passes
rehearsal-passed-lead = nothing changes for you at the cutoff.
rehearsal-passed-until = after { $cutoff } nothing changes for you.
rehearsal-passed-since = it meets what has been in force since { $cutoff }.
rehearsal-observed-title = Your client speaks what ends
rehearsal-observed-lead = this is not accepted any more after the cutoff.
rehearsal-observed-until = this is not accepted any more from { $cutoff } on.
rehearsal-observed-since = this has not been accepted any more since { $cutoff }.
rehearsal-early-title = This test has not begun
rehearsal-early-lead = It opens: { $date }.
rehearsal-late-title = This test is over
rehearsal-late-lead = It closed: { $date }.
rehearsal-notice = Notice
rehearsal-spoken = Spoken with your client
rehearsal-offered = Offered by your client
rehearsal-name = Name it asked for
rehearsal-taken = Taken here
rehearsal-kept = That a client from your network tried, and how it went, is kept for a while.
