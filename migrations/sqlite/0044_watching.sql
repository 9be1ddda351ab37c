-- What environments are asked on a rhythm: each URL, and each operation whose end is declared.
create table watch_targets (
    id integer primary key autoincrement,
    program text not null,
    environment text not null,
    url_id text not null,
    -- METHOD /path; empty where it is asked which versions of TLS the URL accepts.
    operation text not null,
    url text not null,
    -- 1 while the current publication has it watched. What is not watched any more stays.
    is_watched integer not null,
    due_at integer not null,
    -- Until when whoever asks it answers for it.
    leased_until integer not null default 0,
    looked_at integer,
    -- Its state: conforming, undetermined or drifting, and what differs.
    verdict text,
    signature text not null default '',
    since integer,
    -- Looks in a row that found nothing out.
    in_vain integer not null default 0,
    -- What was told last of what differs; empty for nothing.
    told text not null default '',
    -- JSON, of the last look.
    judgement text,
    findings text not null default '[]',
    unique (program, environment, url_id, operation)
);
create index watch_targets_due on watch_targets (due_at) where is_watched = 1;

-- Every change of a target's state.
create table watch_changes (
    id integer primary key autoincrement,
    target integer not null references watch_targets (id),
    at integer not null,
    verdict text not null,
    signature text not null,
    -- JSON.
    judgement text not null,
    -- What had been told before it.
    told_before text not null,
    -- 1 until it was written to somebody, or passed over.
    untold integer not null
);
create index watch_changes_of_target on watch_changes (target, id);
create index watch_changes_untold on watch_changes (id) where untold = 1;

-- The publication that the targets were taken from.
create table watch_source (
    id integer primary key,
    publication integer not null references publications (id)
);
