-- Who may act for the office. A token's secret part is known to its holder
-- alone; its hash is kept.
create table tokens (
    id integer primary key autoincrement,
    name text not null unique,
    -- viewer, editor or approver.
    scope text not null,
    secret_hash blob not null,
    created_at integer not null,
    expires_at integer,
    revoked_at integer
);

-- What was approved, by whom and when. Nothing is changed or deleted; the last
-- one of a subject counts.
create table approvals (
    id integer primary key,
    subject text not null,
    digest text not null,
    -- JSON: the digest of each part, so that a difference can be named.
    parts text not null,
    -- JSON: whom the approver was shown it would reach.
    forecast text not null,
    at_most integer not null,
    publication integer not null references publications (id),
    token integer not null references tokens (id),
    at integer not null
);
create index approvals_of_subject on approvals (subject, id);
