-- A subscriber's webhook: told by HTTP what they are told by mail.
--
-- Its secret stands nowhere: it is made of one of the keys, the subscriber's
-- number and the salt. For a day after a new salt the old one signs as well.
create table webhooks (
    subscriber bigint primary key references subscribers (id) on delete cascade,
    url text collate "C" not null,
    -- Of the URL, with the port where it is not 443.
    host text collate "C" not null,
    -- pending, active or disabled.
    state text collate "C" not null,
    -- Why it is disabled, or did not answer its challenge yet.
    trouble text collate "C",
    salt bytea not null,
    key bigint not null,
    old_salt bytea,
    old_key bigint,
    old_until bigint,
    -- What is to be sent to it out of turn: challenge, test or nothing; when that
    -- may be, and how many challenges it had.
    asked text collate "C" not null default '',
    call_at bigint not null,
    challenges bigint not null default 0,
    -- What came of the last test: ok, or what was wrong.
    tested text collate "C",
    -- Since when every attempt failed, and how many.
    failing_since bigint,
    failures bigint not null default 0,
    -- 1: its owner is to be told by mail that it was disabled.
    untold bigint not null default 0,
    created_at bigint not null,
    changed_at bigint not null
);
create index webhooks_asked on webhooks (call_at) where asked <> '';
create index webhooks_untold on webhooks (subscriber) where untold = 1;

-- What webhooks are told beside an edition: a JSON object.
alter table editions add column event text;

-- Messages to webhooks wait with `parked` at 2, in a queue of their own: whatever
-- looks for mail, put aside or not, passes over none of them.
create index outbox_webhooks on outbox (occasion, next_attempt, id)
    where state = 'waiting' and parked = 2;
