-- Browsers in which somebody of the office is logged in. A session ends with its
-- token, by itself, or when its holder leaves.
create table sessions (
    id integer primary key autoincrement,
    -- SHA-256 of what the cookie holds.
    secret_hash blob not null unique,
    token integer not null references tokens (id),
    begun_at integer not null,
    ends_at integer not null
);

-- What somebody of the office did, oldest first. Nothing is changed or deleted.
create table audit (
    id integer primary key autoincrement,
    at integer not null,
    actor text not null,
    -- A verb, such as `approved`.
    action text not null,
    -- What it was done to: a notice's path, a token's name, a program.
    subject text not null,
    detail text not null default ''
);

-- Who approved may have come by single sign-on, without a token.
create table approvals_by_name (
    id integer primary key,
    subject text not null,
    digest text not null,
    parts text not null,
    forecast text not null,
    at_most integer not null,
    publication integer not null references publications (id),
    token integer references tokens (id),
    approver text not null,
    at integer not null
);
insert into approvals_by_name
    (id, subject, digest, parts, forecast, at_most, publication, token, approver, at)
select a.id, a.subject, a.digest, a.parts, a.forecast, a.at_most, a.publication, a.token, t.name,
       a.at
from approvals a join tokens t on t.id = a.token;
drop table approvals;
alter table approvals_by_name rename to approvals;
create index approvals_of_subject on approvals (subject, id);
