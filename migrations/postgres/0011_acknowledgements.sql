-- Who said that a row of a notice is dealt with, and by which way. It outlives
-- amendments: whoever is ready stays ready.
create table acknowledgements (
    subscriber bigint not null,
    subject text collate "C" not null,
    row_id text collate "C" not null,
    at bigint not null,
    -- `link`, or `office`.
    way text collate "C" not null,
    primary key (subscriber, subject, row_id)
);
