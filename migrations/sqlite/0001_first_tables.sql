-- Instants are microseconds since 1970-01-01 UTC. The same tables, with the
-- types of its own, are to be made on PostgreSQL.

-- What was published. `parent` is unique, so that of two publications made
-- from the same one the second fails; 0 stands before the first.
create table publications (
    id integer primary key,
    parent integer not null unique,
    digest text not null,
    format integer not null,
    body text not null,
    created_at integer not null
);

-- A notice's revisions: a row for each publication in which it changed.
create table revisions (
    id integer primary key,
    program text not null,
    notice text not null,
    digest text not null,
    publication integer not null references publications (id),
    unique (program, notice, publication)
);

create table subscribers (
    id integer primary key,
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

-- An empty `api` or `environment` stands for all of them; null would not be
-- compared by the key.
create table interests (
    program text not null,
    subscriber integer not null references subscribers (id) on delete cascade,
    api text not null,
    environment text not null,
    primary key (program, subscriber, api, environment)
) without rowid;
create index interests_of_subscriber on interests (subscriber);

-- Who must not be written to. It outlives the subscriber, and so holds a
-- keyed hash and no address. `scope` is a program, or * for all.
create table suppressions (
    mailbox blob not null,
    scope text not null,
    reason text not null,
    at integer not null,
    primary key (mailbox, scope)
) without rowid;

create table keys (
    id integer primary key,
    purpose text not null,
    secret blob not null,
    created_at integer not null
);

create table occasions (
    id integer primary key,
    program text not null,
    subject text not null,
    kind text not null,
    key text not null,
    revision text not null,
    publication integer not null references publications (id),
    -- The last subscriber looked at.
    cursor integer not null default 0,
    -- Rows made so far.
    filled integer not null default 0,
    -- Fill no more rows than this.
    canary integer,
    created_at integer not null,
    -- When the last subscriber had been looked at.
    filled_at integer,
    unique (subject, kind, key)
);

create table editions (
    id integer primary key,
    occasion integer not null references occasions (id),
    digest text not null,
    locale text not null,
    -- JSON: row ids in the schedule's order.
    rows text not null,
    subject text not null,
    text text not null,
    html text not null,
    calendar text,
    created_at integer not null,
    unique (occasion, locale, rows)
);

-- One message to one recipient. `state` is waiting, claimed or settled.
create table outbox (
    id integer primary key,
    occasion integer not null references occasions (id),
    recipient integer not null,
    channel integer not null,
    edition integer not null references editions (id),
    -- The recipient's affected APIs, as a phrase.
    apis text not null,
    message_id text not null,
    not_before integer not null,
    not_after integer,
    state text not null,
    attempts integer not null default 0,
    next_attempt integer not null,
    node integer,
    claimed_at integer,
    outcome text,
    reply text,
    settled_at integer,
    unique (occasion, recipient, channel)
);
create index outbox_waiting on outbox (next_attempt, id) where state = 'waiting';
create index outbox_claimed on outbox (node) where state = 'claimed';

-- Every attempt ever made; nothing is deleted.
create table attempts (
    id integer primary key,
    outbox integer not null references outbox (id),
    at integer not null,
    outcome text not null,
    reply text not null,
    node integer not null
);
create index attempts_of_row on attempts (outbox);

create table nodes (
    id integer primary key,
    name text not null,
    started_at integer not null,
    heartbeat integer not null
);
