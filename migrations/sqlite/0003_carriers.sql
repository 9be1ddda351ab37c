-- How a round's messages leave: smtp or files, as whoever announced it chose.
-- Empty while it is being filled; nobody takes it up on their own account then.
alter table occasions add column carrier text not null default '';
