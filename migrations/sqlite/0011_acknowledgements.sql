-- Who said that a row of a notice is dealt with, and by which way. It outlives
-- amendments: whoever is ready stays ready.
create table acknowledgements (
    subscriber integer not null,
    subject text not null,
    row_id text not null,
    at integer not null,
    -- `link`, or `office`.
    way text not null,
    primary key (subscriber, subject, row_id)
) without rowid;
