-- What somebody of the office asked for in a browser, and whoever has the role
-- `announce` does: announcing a notice, and sending a test.
create table errands (
    id integer primary key autoincrement,
    -- Of the form it was asked by: a form that is sent twice is one errand.
    key text not null unique,
    -- announce or test.
    kind text not null,
    -- A notice's path.
    subject text not null,
    asked_by text not null,
    asked_at integer not null,
    -- JSON: what exactly is to be done; emptied when it is done, for an address may be in it.
    payload text not null,
    -- waiting, done or refused.
    state text not null default 'waiting',
    -- Until when whoever took it up answers for it.
    leased_until integer not null default 0,
    done_at integer,
    -- What came of it, in words.
    outcome text not null default ''
);
create index errands_waiting on errands (id) where state = 'waiting';
create index errands_of_subject on errands (subject, id);
create index errands_by_kind on errands (kind, asked_at);
-- A notice is being announced once at a time.
create unique index errands_announcing on errands (subject)
    where state = 'waiting' and kind = 'announce';

-- How many said of a row that it is done, and when.
create index acknowledgements_of_row on acknowledgements (subject, row_id, at);
