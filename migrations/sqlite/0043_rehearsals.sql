-- Who tried a test endpoint, and how far it came. What is alike within a stretch of
-- minutes is one row that counts.
create table tries (
    id integer primary key autoincrement,
    -- `at` in stretches; each holds so many rows of one subscriber and no more.
    stretch integer not null,
    -- 0: nobody we know.
    subscriber integer not null,
    -- All three empty where nothing told which endpoint was meant.
    program text not null,
    notice text not null,
    endpoint text not null,
    -- As much of the address as the program keeps.
    peer text not null,
    server_name text not null,
    framing text not null,
    -- JSON: the numbers of the versions in the hello.
    offered text not null,
    outcome text not null,
    -- 1 where it shows that the client will be turned away.
    failed integer not null,
    negotiated text,
    cipher text,
    alert_by text,
    alert integer,
    first_at integer not null,
    last_at integer not null,
    times integer not null
);
create unique index tries_alike on tries (stretch, subscriber, program, notice, endpoint, peer,
    server_name, framing, offered, outcome);
create index tries_of_subscriber on tries (subscriber, failed, last_at, id) where subscriber > 0;
create index tries_of_unknown on tries (program, notice, last_at) where subscriber = 0;
create index tries_by_age on tries (program, last_at);

-- What the last attempt that says anything of versions said of whoever a notice touches.
create table readiness (
    subscriber integer not null,
    program text not null,
    notice text not null,
    -- `passes`, `fails`, or `unclear` while no attempt said anything.
    state text not null,
    at integer not null,
    primary key (subscriber, program, notice)
) without rowid;
create index readiness_of_notice on readiness (program, notice, state, subscriber);

-- The same as it stood at the end of each day (UTC) on which it was told.
create table readiness_days (
    subscriber integer not null,
    program text not null,
    notice text not null,
    day integer not null,
    state text not null,
    primary key (subscriber, program, notice, day)
) without rowid;
create index readiness_days_of_notice on readiness_days (program, notice, subscriber, day, state);
