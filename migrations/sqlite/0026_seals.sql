-- A person as sealed records know them: a salted digest of the address. Once
-- address and salt are gone the digest tells nobody anything, and the seals
-- over it still hold.
create table persons (
    recipient integer primary key,
    salt blob,
    digest blob not null
);

-- Batches of records, each hashed together with the seal before it. `parent` is
-- unique, so that of two processes that seal at once one begins anew.
create table seals (
    id integer primary key,
    parent integer not null unique,
    records integer not null,
    hash blob not null,
    at integer not null
);

-- The seal a record lies under, and the record's own hash in it.
alter table attempts add column seal integer;
alter table attempts add column leaf blob;
create index attempts_unsealed on attempts (id) where seal is null;
create index attempts_of_seal on attempts (seal, id) where seal is not null;
