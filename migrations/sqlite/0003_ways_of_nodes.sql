-- How long a node may be silent, in microseconds: its own setting, not that of
-- whoever looks. And by which way it delivers: two nodes on one database share
-- the messages, so they must agree.
alter table nodes add column lifetime integer not null default 15000000;
alter table nodes add column way text not null default '';
