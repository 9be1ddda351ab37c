-- As migrations/sqlite/0010: what rounds look at between two announcements.
create table guards (
    name text collate "C" primary key,
    number bigint not null
);
insert into guards (name, number) values ('publication', 0), ('occasions', 0);

-- When filling it was last begun from the start.
alter table occasions add column begun_at bigint not null default 0;

-- The Message-ID of the recipient's first message on the subject.
alter table outbox add column thread text collate "C";
alter table outbox add column made_at bigint not null default 0;
-- When the sending hours end that `not_before` lies in.
alter table outbox add column closes_at bigint;
-- 1: it was in flight when its facts were superseded, and whether the reader was
-- told them is not known yet; 2: what followed from that is settled.
alter table outbox add column superseded bigint not null default 0;
create index outbox_closing on outbox (closes_at)
    where state = 'waiting' and closes_at is not null;
create index outbox_undecided on outbox (occasion) where superseded = 1;

-- `since` is the revision that an edition's readers were told before, empty
-- where there was none. `facts` maps row ids to digests of what is said of them.
alter table editions add column revision text collate "C" not null default '';
alter table editions add column since text collate "C" not null default '';
alter table editions add column facts text not null default '{}';
update editions set revision = (select revision from occasions where id = editions.occasion);
drop index editions_of_rows;
create unique index editions_of_rows
    on editions (occasion, locale, md5(rows), since, revision);

-- The revision that the readers of a notice were told last, or are being told.
create table told_notices (
    subject text collate "C" primary key,
    revision text collate "C" not null,
    publication bigint not null references publications (id),
    -- Whether nothing is open any more.
    is_settled bigint not null default 0,
    updated_at bigint not null
);

-- Subscribers whose interests were added to since the last round looked.
create table joined (
    subscriber bigint primary key,
    times bigint not null
);
create function note_joined() returns trigger language plpgsql as $$
begin
    insert into joined (subscriber, times) values (new.subscriber, 1)
    on conflict (subscriber) do update set times = joined.times + 1;
    return null;
end
$$;
create trigger interests_joined after insert on interests
    for each row execute function note_joined();
