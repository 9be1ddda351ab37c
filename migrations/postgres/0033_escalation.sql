-- Who is written to for a subscriber when nobody said by a declared rung that all
-- is done. They are known by address alone, hear of no program by it, and are in
-- no audience.
alter table subscribers add column second_contact bigint
    references subscribers (id) on delete set null;
create index subscribers_by_second_contact on subscribers (second_contact)
    where second_contact is not null;

-- Whose mailbox a message goes to, where it is not the recipient's own, and when
-- the recipient was told, as the message says it.
alter table outbox add column addressee bigint;
alter table outbox add column told_on text;
create index outbox_of_addressee on outbox (addressee) where addressee is not null;

-- What was found while the messages of an escalation were made: how many had been
-- told, and how many of them had not said that they are done.
create table escalations (
    occasion bigint primary key references occasions (id),
    told bigint not null,
    silent bigint not null
);
