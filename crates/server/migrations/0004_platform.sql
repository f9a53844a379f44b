-- Who is told of what happens, over HTTP.
create table webhook (
    workspace text not null,
    id text not null,
    -- platform, aloware or hook: whose form its requests have.
    shape text not null,
    url text not null,
    -- JSON lists and objects.
    events text not null,
    settings text not null,
    description text,
    -- Sealed. A hook has none.
    secret text,
    -- Signs beside the new one for a while.
    previous_secret text,
    previous_until bigint,
    -- Sealed: what it takes to be let in there.
    auth text,
    ordered_at bigint,
    disabled_at bigint,
    disabled_reason text,
    -- Since when nothing arrived, and when something was given up last.
    failing_since bigint,
    failed_at bigint,
    last_delivery_at bigint,
    last_delivery_status text,
    -- It is told of what comes after this entry of the log.
    since bigint not null,
    made_by text not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (workspace, id)
);
insert into webhook (workspace, id, shape, url, events, settings, since, made_by, created_at, updated_at)
    select s.workspace, 'wh_' || substr(s.id, 5), 'hook', s.url, '["' || s.event || '"]', '{}',
           coalesce(c.seq, 0), s.credential, s.created_at, s.created_at
    from subscription s left join event_counter c on c.workspace = s.workspace;
drop table subscription;

-- One event that is to arrive at one of them, until it has or was given up.
create table delivery (
    workspace text not null,
    id text not null,
    webhook text not null,
    -- The entry of the log that it tells of.
    seq bigint not null,
    event_id text not null,
    event text not null,
    subject text not null,
    -- What is sent; null for what the log says.
    body text,
    status text not null,
    -- JSON, one for each try.
    attempts text not null,
    attempts_count bigint not null,
    -- When it leaves; null once it is over, or while it waits for another.
    next_at bigint,
    -- The subject, until it is over, where those about one subject wait for each other.
    held text,
    created_at bigint not null,
    primary key (workspace, id)
);
create index delivery_first on delivery (workspace, webhook, next_at, id)
    where next_at is not null and attempts_count = 0;
create index delivery_again on delivery (workspace, webhook, next_at, id)
    where next_at is not null and attempts_count > 0;
create index delivery_held on delivery (workspace, webhook, held, seq) where held is not null;
create index delivery_webhook on delivery (workspace, webhook, id);

-- The machines that share the work, and when each was last heard of.
create table node (
    id text not null primary key,
    seen_at bigint not null
);
