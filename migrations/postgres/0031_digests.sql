-- As migrations/sqlite/0031.
-- The weekly digest is a message that bundles others. Messages of a weekly reader
-- wait in the state `gathered`, which no queue looks at, until their
-- `next_attempt`; `bundled` they share the fate of the message named here.
alter table outbox add column digest bigint references outbox (id);
create index outbox_gathered on outbox (occasion, next_attempt) where state = 'gathered';
create index outbox_gathered_for on outbox (recipient) where state = 'gathered';
create index outbox_bundled on outbox (occasion) where state = 'bundled';
create index outbox_members on outbox (digest) where digest is not null;
