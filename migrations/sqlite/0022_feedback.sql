-- What came back about a message after it was accepted: bounce, delayed,
-- delivered or complaint. The digest makes the same report count once.
create table feedback (
    id integer primary key,
    outbox integer not null references outbox (id),
    kind text not null,
    status text not null,
    diagnostic text not null,
    at integer not null,
    digest blob not null unique
);
create index feedback_of_row on feedback (outbox);

-- What is only counted.
create table tallies (
    name text primary key,
    count integer not null
) without rowid;
