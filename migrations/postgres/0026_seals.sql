-- A person as sealed records know them: a salted digest of the address. Once
-- address and salt are gone the digest tells nobody anything, and the seals
-- over it still hold.
create table persons (
    recipient bigint primary key,
    salt bytea,
    digest bytea not null
);

-- Batches of records, each hashed together with the seal before it. `parent` is
-- unique, so that of two processes that seal at once one begins anew.
create table seals (
    id bigint primary key,
    parent bigint not null unique,
    records bigint not null,
    hash bytea not null,
    at bigint not null
);

-- The seal a record lies under, and the record's own hash in it.
alter table attempts add column seal bigint;
alter table attempts add column leaf bytea;
create index attempts_unsealed on attempts (id) where seal is null;
create index attempts_of_seal on attempts (seal, id) where seal is not null;
