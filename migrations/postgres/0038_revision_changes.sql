-- What changed in a revision since the one before it, worked out when somebody first
-- asks and kept, because it never changes. `format` is that of `changes`.
create table revision_changes (
    revision bigint primary key references revisions (id),
    format bigint not null,
    changes text not null
);

-- Which notices were published otherwise since then.
create index revisions_by_publication on revisions (publication);
