-- The first tables. Never edit a migration that was released: add one. The same text runs on PostgreSQL.

create table meta (
    name text primary key,
    value text not null
);

create table settings (
    name text primary key,
    value text not null
);

create table configs (
    number bigint primary key,
    at bigint not null,
    roster text not null,
    sops text not null,
    brought_by text not null
);

create table runs (
    number bigint primary key,
    sop text not null,
    digest text not null,
    lock text,
    phase text not null,
    outcome text,
    priority integer not null,
    state text not null,
    version bigint not null,
    started_at bigint not null,
    ended_at bigint
);
create index runs_by_sop on runs (sop, number);
create index runs_by_end on runs (sop, outcome, ended_at) where outcome is not null;
create index runs_active on runs (phase, sop) where phase <> 'ended';
create index runs_by_lock on runs (lock) where phase <> 'ended' and lock is not null;

create table events (
    run bigint not null,
    seq integer not null,
    at bigint not null,
    type text not null,
    salt text,
    json text,
    primary key (run, seq)
);
create index events_by_age on events (at) where json is not null;

create table secrets (
    run bigint not null,
    name text not null,
    value bytea not null,
    primary key (run, name)
);

create table audit (
    position bigint primary key,
    at bigint not null,
    kind text not null,
    run bigint,
    seq integer,
    body_hash text not null,
    prev text not null,
    hash text not null
);
create index audit_by_run on audit (run, position) where run is not null;

create table bodies (
    position bigint primary key,
    salt text not null,
    text text not null
);

create table snapshots (
    digest text primary key,
    files bytea not null
);

create table deliveries (
    id bigint primary key,
    sop text,
    source text not null,
    dedupe_key text,
    received_at bigint not null,
    priority integer not null,
    lock text,
    outcome text,
    detail text not null,
    run bigint,
    counted_for text
);
create index deliveries_by_sop on deliveries (sop, id);
create index deliveries_by_key on deliveries (dedupe_key, received_at) where dedupe_key is not null;
create index deliveries_waiting on deliveries (priority desc, id) where outcome is null;
create index deliveries_counted on deliveries (counted_for, id) where counted_for is not null;

create table requests (
    delivery bigint primary key,
    received_at bigint not null,
    json text not null
);
create index requests_by_age on requests (received_at);

create table counts (
    sop text not null,
    outcome text not null,
    times bigint not null,
    primary key (sop, outcome)
);

create table gates (
    run bigint not null,
    step integer not null,
    visit integer not null,
    revision integer not null,
    code text not null,
    digest text not null,
    opened_at bigint not null,
    deadline bigint,
    closed_at bigint,
    detail text not null,
    primary key (run, step, visit, revision)
);
create unique index gates_by_open_code on gates (code) where closed_at is null;

create table votes (
    run bigint not null,
    step integer not null,
    visit integer not null,
    revision integer not null,
    person text not null,
    vote text not null,
    at bigint not null,
    detail text not null,
    primary key (run, step, visit, revision, person)
);

create table posts (
    connector text not null,
    post_key text not null,
    room text not null,
    message_id text,
    shown text,
    closed integer not null,
    text text,
    expires_at bigint,
    at bigint not null,
    primary key (connector, post_key)
);
create index posts_open on posts (connector, post_key) where closed = 0;
create index posts_by_age on posts (at) where closed = 1;

create table inbox (
    connector text not null,
    event_id text not null,
    at bigint not null,
    primary key (connector, event_id)
);
create index inbox_by_age on inbox (at);

create table positions (
    connector text primary key,
    position text not null,
    at bigint not null
);
