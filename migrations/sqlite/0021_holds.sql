-- Who stopped what, when and why; kept after it was released. `scope` is *, a
-- program or PROGRAM/NOTICE.
create table holds (
    id integer primary key,
    scope text not null,
    reason text not null,
    held_by text not null,
    held_at integer not null,
    released_by text,
    released_at integer
);
create unique index holds_in_force on holds (scope) where released_at is null;
