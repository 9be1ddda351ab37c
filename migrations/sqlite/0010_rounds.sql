-- What rounds look at between two announcements: reminders, changes, and those
-- who come later.

-- Rows that whoever publishes and whoever fills the outbox both write to, so
-- that neither looks past the other; their numbers tell that something changed.
create table guards (
    name text primary key,
    number integer not null
);
insert into guards (name, number) values ('publication', 0);
insert into guards (name, number) values ('occasions', 0);

-- When filling it was last begun from the start.
alter table occasions add column begun_at integer not null default 0;

-- The Message-ID of the recipient's first message on the subject.
alter table outbox add column thread text;
alter table outbox add column made_at integer not null default 0;
-- When the sending hours end that `not_before` lies in.
alter table outbox add column closes_at integer;
-- 1: it was in flight when its facts were superseded, and whether the reader was
-- told them is not known yet; 2: what followed from that is settled.
alter table outbox add column superseded integer not null default 0;
create index outbox_closing on outbox (closes_at)
    where state = 'waiting' and closes_at is not null;
create index outbox_undecided on outbox (occasion) where superseded = 1;

-- An edition is unique by what it tells and to whom it is news: `since` is the
-- revision that its readers were told before, empty where there was none.
-- `facts` maps row ids to digests of what is said of them. Messages refer to
-- editions, and so the old table is left before the new one takes its name.
pragma defer_foreign_keys = on;
create temporary table kept_editions as
select e.id, e.occasion, e.digest, e.locale, e.rows, e.subject, e.text, e.html, e.calendar,
       e.created_at, o.revision
from editions e join occasions o on o.id = e.occasion;
drop table editions;
create table editions (
    id integer primary key,
    occasion integer not null references occasions (id),
    digest text not null,
    locale text not null,
    -- JSON: row ids in the schedule's order.
    rows text not null,
    revision text not null,
    since text not null default '',
    facts text not null default '{}',
    subject text not null,
    text text not null,
    html text not null,
    calendar text,
    created_at integer not null,
    unique (occasion, locale, rows, since, revision)
);
insert into editions
    (id, occasion, digest, locale, rows, revision, subject, text, html, calendar, created_at)
select id, occasion, digest, locale, rows, revision, subject, text, html, calendar, created_at
from kept_editions;
drop table kept_editions;

-- The revision that the readers of a notice were told last, or are being told.
create table told_notices (
    subject text primary key,
    revision text not null,
    publication integer not null references publications (id),
    -- Whether nothing is open any more.
    is_settled integer not null default 0,
    updated_at integer not null
);

-- Subscribers whose interests were added to since the last round looked.
create table joined (
    subscriber integer primary key,
    times integer not null
);
-- Without a conflict clause: the one of the statement that fires a trigger
-- would be used instead.
create trigger interests_joined after insert on interests begin
    insert into joined (subscriber, times)
    select new.subscriber, 0
    where not exists (select 1 from joined where subscriber = new.subscriber);
    update joined set times = times + 1 where subscriber = new.subscriber;
end;
