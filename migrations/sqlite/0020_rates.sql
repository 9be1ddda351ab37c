-- By which domain a message's rate is limited, and whether it was put aside
-- because its domain had no token left: then it is looked for by its domain,
-- and stands in nobody else's way.
alter table outbox add column domain text not null default '';
alter table outbox add column parked integer not null default 0;
update outbox set domain = coalesce(
    (select lower(substr(s.address, instr(s.address, '@') + 1)) from subscribers s
     where s.id = outbox.recipient), '')
where state <> 'settled';
drop index outbox_waiting;
create index outbox_due on outbox (occasion, next_attempt, id)
    where state = 'waiting' and parked = 0;
create index outbox_parked on outbox (occasion, domain, next_attempt, id)
    where state = 'waiting' and parked = 1;

-- Domains of a round that have messages put aside, and when the next may go.
create table parked (
    occasion integer not null references occasions (id),
    domain text not null,
    opens_at integer not null,
    primary key (occasion, domain)
) without rowid;
create index parked_by_opening on parked (occasion, opens_at);
create index parked_by_domain on parked (domain);

-- A token bucket for each domain, and one called * for everything. When it was
-- last full or will be full again says how many tokens are in it at any moment.
create table buckets (
    name text primary key,
    full_at integer not null
) without rowid;
