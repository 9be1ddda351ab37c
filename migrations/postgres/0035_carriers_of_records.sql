-- The digest, by its row, that a message was in when this happened to it: kept with
-- the record, and under its seal, because a row may come into another digest later.
alter table attempts add column carrier bigint;
update attempts set carrier = (select o.digest from outbox o where o.id = attempts.outbox)
where seal is null and outbox in (select id from outbox where digest is not null);
