-- People who sign in: one account each, whatever workspaces they work in.
alter table operator add column own_only_at bigint;

create table account (
    id text not null primary key,
    -- Names them to authenticators, and tells those nothing.
    handle text not null,
    email text not null,
    email_folded text not null,
    -- Null until they chose one.
    password text,
    -- Sealed. It counts once it was confirmed.
    totp text,
    totp_at bigint,
    -- The last time step whose code was used.
    totp_step bigint not null,
    -- Logins and grants of an earlier one hold no more.
    epoch bigint not null,
    created_at bigint not null
);
create unique index account_email on account (email_folded);
create unique index account_handle on account (handle);

-- Who they are in a workspace.
create table membership (
    workspace text not null,
    operator text not null,
    account text not null,
    created_at bigint not null,
    primary key (workspace, operator)
);
create unique index membership_account on membership (account, workspace);

-- Single-use codes for those who lost their second factor.
create table recovery_code (
    account text not null,
    hash text not null,
    used_at bigint,
    primary key (account, hash)
);

create table passkey (
    id text not null primary key,
    account text not null,
    -- What the authenticator calls it.
    credential text not null,
    name text not null,
    -- JSON.
    key text not null,
    created_at bigint not null,
    last_used_at bigint
);
create unique index passkey_credential on passkey (credential);
create index passkey_account on passkey (account, id);

-- A browser in which somebody is signed in.
create table login (
    workspace text not null,
    id text not null,
    hash text not null,
    account text not null,
    operator text not null,
    epoch bigint not null,
    -- How they proved who they are, and when they last did.
    method text not null,
    proved_at bigint not null,
    seen_at bigint not null,
    ends_at bigint not null,
    address text not null,
    agent text not null,
    created_at bigint not null,
    primary key (workspace, id)
);
create unique index login_hash on login (hash);
create index login_account on login (account, id);

-- What is good once, for a while: a claim, an invitation, a reset, the question to an authenticator.
create table voucher (
    hash text not null primary key,
    purpose text not null,
    workspace text not null,
    operator text,
    account text,
    -- Sealed, or null.
    data text,
    created_at bigint not null,
    ends_at bigint not null
);
create index voucher_ends on voucher (ends_at);

-- Guesses that were judged, by whom they were about and where they came from.
create table guess (
    name text not null primary key,
    count bigint not null,
    since bigint not null
);
create index guess_since on guess (since);

-- Programs of others that act for operators who let them.
create table app (
    workspace text not null,
    -- What OAuth calls its client_id.
    id text not null,
    name text not null,
    homepage text,
    -- A JSON list.
    redirect_uris text not null,
    scopes text not null,
    -- Null for an app that can keep no secret.
    secret_hash text,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (workspace, id)
);
create unique index app_id on app (id);

-- What an operator lets an app do in a workspace.
create table app_grant (
    workspace text not null,
    id text not null,
    app text not null,
    app_name text not null,
    operator text not null,
    account text not null,
    epoch bigint not null,
    scopes text not null,
    created_at bigint not null,
    ends_at bigint not null,
    revoked_at bigint,
    primary key (workspace, id)
);
create index app_grant_operator on app_grant (workspace, operator, id);
create index app_grant_app on app_grant (app, workspace, id);

-- Codes, access tokens and refresh tokens.
create table app_token (
    workspace text not null,
    hash text not null,
    -- code, access or refresh.
    kind text not null,
    grant_id text not null,
    scopes text not null,
    -- Of a code: what the token request must repeat.
    redirect_uri text,
    challenge text,
    created_at bigint not null,
    ends_at bigint not null,
    used_at bigint,
    primary key (workspace, hash)
);
create unique index app_token_hash on app_token (hash);
create index app_token_grant on app_token (workspace, grant_id);
create index app_token_ends on app_token (workspace, ends_at);

-- What concerns who may do what, for whoever looks into it.
create index event_audit on event (workspace, seq)
    where kind in ('key.created', 'key.revoked', 'operator.created', 'operator.updated', 'login.created',
        'login.ended', 'login.refused', 'account.updated', 'invitation.created', 'invitation.accepted',
        'app.created', 'app.updated', 'app.deleted', 'grant.created', 'grant.revoked', 'webhook.created',
        'webhook.updated', 'webhook.deleted', 'settings.updated', 'site.updated', 'contact.deleted');
