-- A subscriber's number stands in links that were mailed and in rows of the
-- outbox, and so is never given to a second person, even after the first was
-- removed. On PostgreSQL an identity column is so by itself.
create table people (
    id integer primary key autoincrement,
    address text not null,
    -- The address in normal form: who is the same person on re-import.
    key text not null unique,
    -- Keyed hash of the normal form, which suppressions are joined by.
    mailbox blob not null,
    name text,
    locale text,
    zone text,
    created_at integer not null,
    updated_at integer not null
);
-- The highest number ever given, which a removed person may have had.
insert into sqlite_sequence (name, seq)
select 'people', max(coalesce((select max(id) from subscribers), 0),
                     coalesce((select max(recipient) from outbox), 0));
insert into people (id, address, key, mailbox, name, locale, zone, created_at, updated_at)
select id, address, key, mailbox, name, locale, zone, created_at, updated_at from subscribers;

create table their_interests (
    program text not null,
    subscriber integer not null references people (id) on delete cascade,
    api text not null,
    environment text not null,
    primary key (program, subscriber, api, environment)
) without rowid;
insert into their_interests select program, subscriber, api, environment from interests;

drop table interests;
drop table subscribers;
alter table people rename to subscribers;
alter table their_interests rename to interests;
create index interests_of_subscriber on interests (subscriber);
