-- What an operator looks for: messages given up or refused, and why a node
-- sends nothing for a while.
create index outbox_dead on outbox (outcome, id)
    where state = 'settled' and outcome in ('dead', 'rejected');
alter table nodes add column pause text;
alter table nodes add column paused_until bigint not null default 0;
