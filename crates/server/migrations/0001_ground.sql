-- The ground: tenants, who may ask, the log, durable work, and contacts.
-- Three column types only: text, bigint, null. Times are microseconds UTC, JSON is text, a flag is
-- the time it was set.

-- Facts about the installation: what it knows its secret key by.
create table installation (
    name text not null primary key,
    value text not null
);

-- The directory of tenants. A slug is unique among all of them, so this table is not divided.
create table workspace (
    workspace text not null primary key,
    slug text not null unique,
    name text not null,
    created_at bigint not null
);

create table operator (
    workspace text not null,
    id text not null,
    number bigint not null,
    email text not null,
    email_folded text not null,
    name text not null,
    avatar_url text,
    role text not null,
    agent_status bigint not null,
    status_changed_at bigint,
    max_concurrent bigint not null,
    created_at bigint not null,
    primary key (workspace, id),
    unique (workspace, number),
    unique (workspace, email_folded)
);

-- What a request shows to be let in. Only the hash of a secret is kept.
create table credential (
    workspace text not null,
    id text not null,
    kind text not null,
    level text not null,
    plan text not null,
    operator text,
    name text not null,
    hash text not null,
    hint text not null,
    created_at bigint not null,
    last_used_at bigint,
    last_used_from text,
    revoked_at bigint,
    primary key (workspace, id)
);
-- A secret is looked up before its workspace is known. Its hash is as good as unique.
create index credential_hash on credential (hash);

create table event_counter (
    workspace text not null primary key,
    seq bigint not null
);

create table event (
    workspace text not null,
    seq bigint not null,
    id text not null,
    kind text not null,
    subject text not null,
    actor text not null,
    cause text not null,
    at bigint not null,
    payload text not null,
    primary key (workspace, seq)
) {without_rowid};
create index event_subject on event (workspace, subject, seq);

-- How far a reader of the log has come.
create table reader_cursor (
    workspace text not null,
    reader text not null,
    seq bigint not null,
    primary key (workspace, reader)
) {without_rowid};

create table job (
    workspace text not null,
    id text not null,
    kind text not null,
    key text not null,
    payload text not null,
    run_at bigint not null,
    attempts bigint not null,
    last_error text,
    created_at bigint not null,
    primary key (workspace, id),
    unique (workspace, kind, key)
);
create index job_due on job (run_at);

create table idempotency (
    workspace text not null,
    credential text not null,
    key text not null,
    request_hash text not null,
    status bigint not null,
    body text not null,
    subject text not null,
    created_at bigint not null,
    primary key (workspace, credential, key)
);
create index idempotency_created on idempotency (workspace, created_at);
create index idempotency_subject on idempotency (workspace, subject);

-- Tokens of a plan's minute that nodes have taken for a credential, where several nodes serve it.
create table rate_lease (
    workspace text not null,
    credential text not null,
    minute bigint not null,
    taken bigint not null,
    primary key (workspace, credential)
) {without_rowid};

-- Tags, dispositions, lines, ring groups, sequences and lists: a number for the one documented
-- surface, an id for the other, and what their kind adds as JSON.
create table record (
    workspace text not null,
    kind text not null,
    id text not null,
    number bigint not null,
    name text not null,
    name_folded text not null,
    details text not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (workspace, kind, id),
    unique (workspace, kind, number),
    unique (workspace, kind, name_folded)
);
create table record_counter (
    workspace text not null,
    kind text not null,
    last_number bigint not null,
    count bigint not null,
    primary key (workspace, kind)
) {without_rowid};

create table contact (
    workspace text not null,
    id text not null,
    number bigint not null,
    email text,
    email_folded text,
    name text,
    name_folded text,
    phone text,
    phone_valid bigint,
    company text,
    company_folded text,
    avatar_url text,
    custom_attributes text not null,
    tags text not null,
    emails text not null,
    phones text not null,
    owner text,
    disposition text,
    source text not null,
    last_seen_at bigint,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (workspace, id),
    unique (workspace, number)
) {without_rowid};
create index contact_updated on contact (workspace, updated_at);

create table contact_counter (
    workspace text not null primary key,
    last_number bigint not null,
    count bigint not null
) {without_rowid};

-- Every address belongs to one contact, the first of them and the others alike.
create table contact_email (
    workspace text not null,
    email_folded text not null,
    contact text not null,
    primary key (workspace, email_folded)
) {without_rowid};
create table contact_phone (
    workspace text not null,
    phone text not null,
    contact text not null,
    primary key (workspace, phone)
) {without_rowid};

create table contact_tag (
    workspace text not null,
    tag_folded text not null,
    contact text not null,
    primary key (workspace, tag_folded, contact)
) {without_rowid};

-- The attributes once more, as texts that sort as their values do.
create table contact_attribute (
    workspace text not null,
    name text not null,
    value text not null,
    contact text not null,
    primary key (workspace, name, value, contact)
) {without_rowid};
-- To check one contact that was found otherwise: the key alone would walk a range of values for it.
create index contact_attribute_contact on contact_attribute (workspace, contact, name, value);

-- Where the old ids of merged contacts lead.
create table contact_redirect (
    workspace text not null,
    old text not null,
    contact text not null,
    primary key (workspace, old)
) {without_rowid};
create index contact_redirect_target on contact_redirect (workspace, contact);

-- Two contacts that a request took for one person.
create table contact_suggestion (
    workspace text not null,
    contact text not null,
    other text not null,
    reason text not null,
    created_at bigint not null,
    primary key (workspace, contact, other)
) {without_rowid};
