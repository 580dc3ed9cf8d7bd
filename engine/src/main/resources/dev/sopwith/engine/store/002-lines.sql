-- Whose turn it is, without reading all that wait.

create index deliveries_lines on deliveries (sop, coalesce(lock, ''), priority desc, id) where outcome is null;
drop index runs_active;
create index runs_active on runs (phase, sop, priority desc, number) where phase <> 'ended';
