-- An interest may be in one kind of notice alone; empty stands for all kinds.
create table interests_by_kind (
    program text not null,
    subscriber integer not null references subscribers (id) on delete cascade,
    api text not null,
    environment text not null,
    kind text not null,
    primary key (program, subscriber, api, environment, kind)
) without rowid;
insert into interests_by_kind
select program, subscriber, api, environment, '' from interests;
drop table interests;
alter table interests_by_kind rename to interests;
create index interests_of_subscriber on interests (subscriber);
-- It went with the table it was on.
create trigger interests_joined after insert on interests begin
    insert into joined (subscriber, times)
    select new.subscriber, 0
    where not exists (select 1 from joined where subscriber = new.subscriber);
    update joined set times = times + 1 where subscriber = new.subscriber;
end;

-- How often they want to be written to: each message, or a weekly digest.
alter table subscribers add column frequency text not null default 'each';
-- `pending` until they confirmed that the address is theirs. Whoever the office
-- brings in by a list is `confirmed`: it answers for its list.
alter table subscribers add column state text not null default 'confirmed';

-- What was asked for by a form and waits to be confirmed. Its subscriber is known
-- by address alone and has no interests, and so is in no audience; what was asked
-- for stands here and takes effect by confirming. One row for each mailbox: there
-- is at most one pending mail.
--
-- A number stands in a mailed link, and so is never given twice.
create table pending (
    id integer primary key autoincrement,
    mailbox blob not null unique,
    subscriber integer not null references subscribers (id) on delete cascade,
    -- JSON: name, language, zone, and what is to be heard of each program.
    wishes text not null,
    asked_at integer not null,
    expires_at integer not null,
    -- When the confirmation was put into the outbox, or found not to be for sending.
    mailed_at integer,
    -- Kept until it expires, so that the link may be used twice.
    confirmed_at integer
);
create index pending_of_subscriber on pending (subscriber);

-- Every suppression and its lifting. Like suppressions it holds no address.
create table suppression_events (
    id integer primary key,
    mailbox blob not null,
    scope text not null,
    -- suppressed or lifted
    action text not null,
    reason text not null,
    -- Who did it: the recipient, the office, the service.
    author text not null,
    at integer not null
);
create index suppression_events_of_mailbox on suppression_events (mailbox);
insert into suppression_events (mailbox, scope, action, reason, author, at)
select mailbox, scope, 'suppressed', reason, 'service', at from suppressions;

create index outbox_of_recipient on outbox (recipient);
