-- When something of a run is due by itself, beside the run: a start reads no state for it. What an
-- older version stored is due since the beginning of time, which means that nobody has asked yet.

alter table runs add column due bigint;
update runs set due = 0 where phase <> 'ended';
create index runs_due on runs (due, number) where due is not null;
