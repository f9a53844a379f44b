-- What the desk needs to be told of a conversation, and keeps for those who sit at it.
alter table conversation add column spam_at bigint;
-- When a visitor first had an answer, and those who had one by when.
alter table conversation add column answered_at bigint;
create index conversation_answered on conversation (workspace, answered_at);
create index conversation_closed on conversation (workspace, closed_at);
create index conversation_spam on conversation (workspace, id) where spam_at is not null;
-- The order of an inbox.
create index conversation_active
    on conversation (workspace, status, coalesce(last_message_at, created_at), id);

-- What an operator has typed and not sent.
create table draft (
    workspace text not null,
    operator text not null,
    conversation text not null,
    -- reply or note.
    mode text not null,
    body text not null,
    -- Counts its changes, so that two devices do not overwrite each other unawares.
    version bigint not null,
    updated_at bigint not null,
    primary key (workspace, operator, conversation, mode)
);
create index draft_conversation on draft (workspace, conversation);

-- Whom a note names.
create table mention (
    workspace text not null,
    operator text not null,
    conversation text not null,
    message text not null,
    created_at bigint not null,
    seen_at bigint,
    primary key (workspace, operator, conversation, message)
);

-- What happened, counted by quarters of an hour; of everything, and of each of several.
create table rollup (
    workspace text not null,
    measure text not null,
    -- Empty for everything.
    dimension text not null,
    quarter bigint not null,
    count bigint not null,
    sum bigint not null,
    primary key (workspace, measure, dimension, quarter)
);

-- From which pages the widget of a site was asked for, those that may not show it among them.
create table site_seen (
    workspace text not null,
    site text not null,
    origin text not null,
    first_seen_at bigint not null,
    last_seen_at bigint not null,
    primary key (workspace, site, origin)
);

-- How far whoever claimed the program has come with what is to be set up first.
create table first_run (
    workspace text not null primary key,
    -- done or skipped, by screen; JSON.
    steps text not null,
    begun_at bigint not null,
    ended_at bigint,
    -- When what an empty inbox says of the next steps was put away.
    hidden_at bigint
);

-- What keys and apps asked for, without what they sent; what people asked for, if it failed.
create table request (
    workspace text not null,
    id text not null,
    at bigint not null,
    -- The id of the key, of the grant, or of the login.
    asker text not null,
    method text not null,
    path text not null,
    status bigint not null,
    took_us bigint not null,
    code text,
    primary key (workspace, id)
);
create index request_asker on request (workspace, asker, id);

-- Why a mail could not be sent so far.
alter table outbox add column problem text;

create index voucher_operator on voucher (workspace, purpose, operator);
