-- How long a node may be silent, in microseconds: its own setting, not that of
-- whoever looks.
alter table nodes add column lifetime integer not null default 15000000;
