-- The office looks at suppressions with whom they are about.
create index subscribers_by_mailbox on subscribers (mailbox);
